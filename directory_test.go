package importjob_test

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
)

func someUser() importjob.PoolUser {
	return importjob.PoolUser{
		Username: "john.doe", Sub: "b0f4a7c5-9e2f-4a1f-a6a7-0d6f7d1a2b3c",
		Attributes: importjob.NewAttributes(importjob.Attribute{Name: "email", Value: "john@example.com"},
			importjob.Attribute{Name: "name", Value: "John Doe"}),
		Status: importjob.UserConfirmed, CreateDate: time.Unix(1, 0).UTC(),
	}
}

func TestPrintingAUserShowsTheStatusOnly(t *testing.T) {
	user := someUser()
	personal := []string{"john", "b0f4", "Doe", fmt.Sprintf("%x", "john"), fmt.Sprintf("%x", "Doe"), "email"}
	var log bytes.Buffer
	for _, value := range []any{user, &user, user.Attributes, []importjob.PoolUser{user}, struct{ U importjob.PoolUser }{user}} {
		printed := fmt.Sprint(value)
		for _, verb := range verbs() {
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
	list := []importjob.Attribute{{Name: "email", Value: "a@example.com"}, {Name: "name", Value: ""}, {Name: "custom:x", Value: "1"}}
	a := importjob.NewAttributes(list...)
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

	var none importjob.Attributes
	assert.Zero(t, none.Len())
	assert.Empty(t, none.Map())
	assert.Empty(t, maps.Collect(none.All()))
}
