package cognitotest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// wireUser is a user in the JSON form of the service.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserType.html
type wireUser struct {
	Username             string          `json:"Username"`
	Attributes           []userAttribute `json:"Attributes,omitempty"`
	UserAttributes       []userAttribute `json:"UserAttributes,omitempty"` // the name of Attributes in AdminGetUser
	UserCreateDate       wireTime        `json:"UserCreateDate"`
	UserLastModifiedDate wireTime        `json:"UserLastModifiedDate"`
	Enabled              bool            `json:"Enabled"`
	UserStatus           userpool.Status `json:"UserStatus"`
}

type userAttribute struct {
	Name  string `json:"Name"`
	Value string `json:"Value"`
}

// wireTime is a time whose JSON is the number of seconds since 1970, with milliseconds as a fraction.
type wireTime time.Time

func (t wireTime) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(time.Time(t).UnixMilli())/1000, 'f', -1, 64), nil
}

// newWireUser converts a user. If wanted is not nil, the result has only these attributes.
func newWireUser(u userpool.User, wanted []string) wireUser {
	w := wireUser{
		Username:       u.Username,
		UserCreateDate: wireTime(u.CreateDate), UserLastModifiedDate: wireTime(u.LastModifiedDate),
		Enabled: !u.Disabled, UserStatus: u.Status,
	}
	show := func(name, value string) {
		if wanted == nil || slices.Contains(wanted, name) {
			w.Attributes = append(w.Attributes, userAttribute{Name: name, Value: value})
		}
	}
	show("sub", u.Sub)
	for name, value := range u.Attributes.All() {
		show(name, value)
	}
	return w
}

func newWireUsers(users []userpool.User, wanted []string) []wireUser {
	list := make([]wireUser, len(users))
	for i, u := range users {
		list[i] = newWireUser(u, wanted)
	}
	return list
}

// userRef reads the name of a user and its pool.
func (c *call) userRef() userpool.Ref {
	return userpool.Ref{UserPoolID: c.in.required("UserPoolId"), Username: c.in.required("Username")}
}

func adminGetUser(c *call) ([]byte, error) {
	ref := c.userRef()
	if err := c.in.err(); err != nil {
		return nil, err
	}
	user, err := c.opts.Directory.User(c.ctx, ref)
	if err != nil {
		return nil, err
	}
	w := newWireUser(user, nil)
	w.Attributes, w.UserAttributes = nil, w.Attributes
	return encode(w), nil
}

// listUsers returns a page of users in the order of the Directory.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html
func listUsers(c *call) ([]byte, error) {
	id := c.in.required("UserPoolId")
	limit := int(c.in.number("Limit", 0, 60))
	token, expression := c.in.filled("PaginationToken"), c.in.text("Filter")
	wanted := c.in.texts("AttributesToGet")
	if err := c.in.err(); err != nil {
		return nil, err
	}
	matches, err := parseFilter(expression)
	if err != nil {
		return nil, err
	}
	at, err := parseUsersToken(token)
	if err != nil {
		return nil, err
	}
	if limit == 0 {
		limit = 60
	}
	users, next, err := c.matchingUsers(id, at, limit, matches)
	if err != nil {
		return nil, err
	}
	return encode(struct {
		Users           []wireUser `json:"Users"`
		PaginationToken string     `json:"PaginationToken,omitempty"`
	}{Users: newWireUsers(users, wanted), PaginationToken: next}), nil
}

// usersToken is a position in the list of users of a Directory: a page, and the number of its users to skip.
type usersToken struct {
	skip int
	page string
}

func (t usersToken) String() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%s", t.skip, t.page))
}

func parseUsersToken(s string) (usersToken, error) {
	if s == "" {
		return usersToken{}, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(s)
	skip, page, ok := strings.Cut(string(text), ".")
	n, err2 := strconv.Atoi(skip)
	if err != nil || err2 != nil || !ok || n < 0 { // our words (A15)
		return usersToken{}, refusef(importjob.ErrInvalidParameter, "Invalid pagination token.")
	}
	return usersToken{skip: n, page: page}, nil
}

// matchingUsers returns up to limit users that match, beginning at a position. It also returns the token of
// the next page, "" after the last one.
func (c *call) matchingUsers(id string, at usersToken, limit int, matches func(userpool.User) bool) ([]userpool.User, string, error) {
	var found []userpool.User
	for {
		users, next, err := c.opts.Directory.Users(c.ctx, id, importjob.Page{Token: at.page})
		if err != nil {
			return nil, "", err
		}
		for i := min(at.skip, len(users)); i < len(users); i++ {
			if !matches(users[i]) {
				continue
			}
			if len(found) == limit {
				return found, usersToken{skip: i, page: at.page}.String(), nil
			}
			found = append(found, users[i])
		}
		if next == "" {
			return found, "", nil
		}
		at = usersToken{page: next}
	}
}
