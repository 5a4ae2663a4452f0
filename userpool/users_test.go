package userpool_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

func someUser() userpool.User {
	return userpool.User{
		Username: "john.doe", Sub: "b0f4a7c5-9e2f-4a1f-a6a7-0d6f7d1a2b3c",
		Attributes: userpool.NewAttributes(userpool.Attribute{Name: "email", Value: "john@example.com"},
			userpool.Attribute{Name: "name", Value: "John Doe"}),
		Status: userpool.StatusConfirmed, CreateDate: time.Unix(1, 0).UTC(),
	}
}

func TestPrintingAUserShowsTheStatusOnly(t *testing.T) {
	user := someUser()
	personal := []string{"john", "b0f4", "Doe", fmt.Sprintf("%x", "john"), fmt.Sprintf("%x", "Doe"), "email"}
	var log bytes.Buffer
	for _, value := range []any{user, &user, user.Attributes, []userpool.User{user}, struct{ U userpool.User }{user}} {
		printed := fmt.Sprint(value)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%.200s", "%-300v", "%o", "%t", "%z"} {
			printed += "\n" + fmt.Sprintf(verb, value)
		}
		for _, p := range personal {
			assert.NotContains(t, printed, p, "%T", value)
		}
	}
	for _, value := range []any{user, &user, user.Attributes} {
		slog.New(slog.NewTextHandler(&log, nil)).Info("read", "user", value)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("read", "user", value)
	}
	for _, p := range personal {
		assert.NotContains(t, log.String(), p)
	}
	assert.Equal(t, "user (CONFIRMED)", user.String())
	assert.Equal(t, user.String(), user.GoString())
	assert.Equal(t, 2, strings.Count(log.String(), `user="user (CONFIRMED)"`))
	assert.Equal(t, "2 attributes", fmt.Sprint(user.Attributes))
}

func TestAttributes(t *testing.T) {
	list := []userpool.Attribute{{Name: "email", Value: "a@example.com"}, {Name: "name", Value: ""}, {Name: "custom:x", Value: "1"}}
	a := userpool.NewAttributes(list...)
	list[0].Value = "changed"

	assert.Equal(t, 3, a.Len())
	assert.Equal(t, "a@example.com", a.Value("email"), "the list given is copied")
	v, ok := a.Get("name")
	assert.True(t, ok, "an empty value is a value")
	assert.Empty(t, v)
	_, ok = a.Get("Email")
	assert.False(t, ok)
	assert.Empty(t, a.Value("phone_number"))

	var names []string
	for name := range a.All() {
		names = append(names, name)
		if name == "name" {
			break
		}
	}
	assert.Equal(t, []string{"email", "name"}, names, "in order, until the break")

	m := a.Map()
	assert.Equal(t, maps.Collect(a.All()), m)
	m["email"] = "changed"
	assert.Equal(t, "a@example.com", a.Value("email"), "the map is a copy")

	var none userpool.Attributes
	assert.Zero(t, none.Len())
	assert.Empty(t, none.Map())
	assert.Empty(t, maps.Collect(none.All()))
}

func TestRefIsValidated(t *testing.T) {
	for username, want := range map[string]string{
		strings.Repeat("x", 128): "",
		strings.Repeat("例", 128): "",
		strings.Repeat("例", 129): "1 validation error detected: Value at 'username' failed to satisfy constraint: Member must have length less than or equal to 128",
		"john doe": "1 validation error detected: Value at 'username' failed to satisfy constraint: " +
			`Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}]+`,
		"": "2 validation errors detected: Value at 'username' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
			`Value at 'username' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}]+`,
	} {
		err := userpool.Ref{UserPoolID: "a_b", Username: username}.Validate()
		if want == "" {
			assert.NoError(t, err)
			continue
		}
		var e *importjob.Error
		if assert.ErrorAs(t, err, &e) {
			assert.Equal(t, importjob.ErrInvalidParameter, e.Code)
			assert.Equal(t, want, e.Message)
		}
	}
	assert.Error(t, userpool.Ref{UserPoolID: "x", Username: "ann"}.Validate())
}
