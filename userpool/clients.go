package userpool

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/model"
)

// Clients has the app clients of pools: the applications that users sign in to. Only a fake has it: package memory
// implements it. The package comment says what holds for every method. The ID of a client is unique in the account,
// so it needs no pool beside it. A method that takes an ID returns an [importjob.ErrResourceNotFound] if there is no
// such client.
type Clients interface {
	// CreateClient creates a client in the pool client.UserPoolID and returns it as stored. If client.ID is empty, the
	// implementation chooses an ID. It stores client.Secret as it is.
	CreateClient(ctx context.Context, client Client) (Client, error)

	// UpdateClient replaces the settings of the client that has the ID client.ID. It keeps the secret and the date
	// of creation, and returns the client as stored.
	UpdateClient(ctx context.Context, client Client) (Client, error)

	// Client returns one client.
	Client(ctx context.Context, clientID string) (Client, error)

	// Clients returns one page of a pool's clients, oldest first, and the token of the next page. The token is ""
	// after the last page. A page holds at most page.MaxResults clients: 1 to 60, and 0 means 60.
	Clients(ctx context.Context, userPoolID string, page importjob.Page) ([]Client, string, error)

	// DeleteClient deletes a client.
	DeleteClient(ctx context.Context, clientID string) error
}

// Client is an app client of a pool. A Client that is printed or logged shows only its ID.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
type Client struct {
	ID         string // 26 lower-case letters and digits
	UserPoolID string
	Name       string
	Secret     string // "" if the client has none

	// ExplicitAuthFlows are the sign-in flows that the client allows, as the service spells them, such as
	// "ALLOW_USER_PASSWORD_AUTH". nil means the service's default: "ALLOW_REFRESH_TOKEN_AUTH",
	// "ALLOW_USER_SRP_AUTH" and "ALLOW_CUSTOM_AUTH".
	ExplicitAuthFlows []string

	// HideUserExistence makes a sign-in fail in the same way for a user who does not exist and for a wrong password.
	// The service spells it PreventUserExistenceErrors ENABLED.
	HideUserExistence bool

	// These are how long tokens, and the session of a challenge, are valid. 0 means the service's default: one hour
	// for the access and the ID token, 30 days for the refresh token, and three minutes for a session.
	AccessTokenValidity  time.Duration
	IDTokenValidity      time.Duration
	RefreshTokenValidity time.Duration
	AuthSessionValidity  time.Duration

	// Settings are all settings of the client as the wire has them: a JSON object with the members of the service's
	// UserPoolClientType, or nil. An implementation stores and returns them, and does nothing with them.
	Settings json.RawMessage

	// CreationDate and LastModifiedDate are UTC in whole milliseconds. The implementation sets them.
	CreationDate     time.Time
	LastModifiedDate time.Time
}

// Clone returns a deep copy of c.
func (c Client) Clone() Client {
	c.ExplicitAuthFlows = slices.Clone(c.ExplicitAuthFlows)
	c.Settings = slices.Clone(c.Settings)
	return c
}

// String returns the ID, such as "client 1example23456789".
func (c Client) String() string { return "client " + c.ID }

// Format prints String for every verb of package fmt, so that no verb shows the secret.
func (c Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue returns String as the value for log/slog.
func (c Client) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Validate checks the pool ID, the name, the ID and the secret against the constraints of the service's model. The ID
// and the secret may be empty. A name has 1 to 128 letters, digits, white space and "_+=,.@-". The error is an
// [importjob.ErrInvalidParameter] in the service's wording.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
func (c Client) Validate() error {
	var id []string
	if c.ID != "" {
		id = model.ClientID.Check(c.ID)
	}
	return invalid(model.UserPoolID.Check(c.UserPoolID), model.ClientName.Check(c.Name), id, model.ClientSecret.Check(c.Secret))
}

// ValidateClientID checks the ID of a client: 1 to 128 letters, digits, "_" and "+". The error is an
// [importjob.ErrInvalidParameter] in the service's wording.
func ValidateClientID(id string) error { return invalid(model.ClientID.Check(id)) }

// The operations of [Clients], by the names that the service gives them. They are the Op of an [importjob.Error].
const (
	OpCreateClient importjob.Op = "CreateUserPoolClient"
	OpUpdateClient importjob.Op = "UpdateUserPoolClient"
	OpClient       importjob.Op = "DescribeUserPoolClient"
	OpClients      importjob.Op = "ListUserPoolClients"
	OpDeleteClient importjob.Op = "DeleteUserPoolClient"
)
