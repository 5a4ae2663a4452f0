package live_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/smithy-go"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/userpool"
)

// request makes one request about users, and records it.
func request[In, Out any](ctx context.Context, s *session, op importjob.Op, call func(context.Context, *In, ...func(*cognito.Options)) (*Out, error), in *In) (*Out, error) {
	if err := s.wait(ctx); err != nil {
		return nil, err
	}
	began := time.Now()
	out, err := call(ctx, in)
	var answer smithy.APIError
	if errors.As(err, &answer) {
		err = &importjob.Error{Op: op, Ref: importjob.Ref{UserPoolID: s.pool}, Code: importjob.Code(answer.ErrorCode()), Message: answer.ErrorMessage()}
	}
	s.log.record(began, entry{Op: string(op)}, err)
	return out, err
}

// listUsers returns the users that match a filter, oldest first. most limits their number; 0 means all.
func (s *session) listUsers(ctx context.Context, filter string, most int32) ([]userpool.User, error) {
	in := &cognito.ListUsersInput{UserPoolId: &s.pool}
	if filter != "" {
		in.Filter = &filter
	}
	if most > 0 {
		in.Limit = &most
	}
	var users []userpool.User
	for {
		out, err := request(ctx, s, userpool.OpUsers, s.api.ListUsers, in)
		if err != nil {
			return nil, err
		}
		for _, u := range out.Users {
			users = append(users, newUser(u.Username, u.Attributes, u.UserStatus, u.Enabled, u.UserCreateDate, u.UserLastModifiedDate))
		}
		if in.PaginationToken = out.PaginationToken; in.PaginationToken == nil || most > 0 {
			break
		}
	}
	slices.SortStableFunc(users, func(a, b userpool.User) int { return a.CreateDate.Compare(b.CreateDate) })
	return users, nil
}

// marked returns the users whose username or e-mail address begins with a prefix.
func (s *session) marked(ctx context.Context, prefix string) ([]userpool.User, error) {
	var all []userpool.User
	for _, attribute := range []string{"username", "email"} {
		users, err := s.listUsers(ctx, fmt.Sprintf("%s ^= %q", attribute, prefix), 0)
		if err != nil {
			return nil, err
		}
		for _, u := range users {
			if !slices.ContainsFunc(all, func(other userpool.User) bool { return other.Username == u.Username }) {
				all = append(all, u)
			}
		}
	}
	return all, nil
}

func (s *session) user(ctx context.Context, username string) (userpool.User, error) {
	out, err := request(ctx, s, userpool.OpUser, s.api.AdminGetUser, &cognito.AdminGetUserInput{UserPoolId: &s.pool, Username: &username})
	if err != nil {
		return userpool.User{}, err
	}
	return newUser(out.Username, out.UserAttributes, out.UserStatus, out.Enabled, out.UserCreateDate, out.UserLastModifiedDate), nil
}

func newUser(name *string, attributes []types.AttributeType, status types.UserStatusType, enabled bool, created, changed *time.Time) userpool.User {
	u := userpool.User{
		Username: aws.ToString(name), Status: userpool.Status(status), Disabled: !enabled,
		CreateDate: backend.Date(aws.ToTime(created)), LastModifiedDate: backend.Date(aws.ToTime(changed)),
	}
	var list []userpool.Attribute
	for _, a := range attributes {
		if aws.ToString(a.Name) == "sub" {
			u.Sub = aws.ToString(a.Value)
			continue
		}
		list = append(list, userpool.Attribute{Name: aws.ToString(a.Name), Value: aws.ToString(a.Value)})
	}
	u.Attributes = userpool.NewAttributes(list...)
	return u
}

// leave says what the run leaves behind. If the settings ask for it, it first deletes the users whose names begin
// with the ID of a run in the report. It deletes no other user.
func (s *session) leave(ctx context.Context) error {
	s.log.begin("leaving")
	var lines []string
	for _, run := range s.report.runs {
		users, err := s.marked(ctx, mark+run+"-")
		if err != nil {
			return err
		}
		deleted := 0
		var refusal error
		for _, u := range users {
			if !s.remove || refusal != nil {
				break
			}
			if _, refusal = request(ctx, s, "AdminDeleteUser", s.api.AdminDeleteUser, &cognito.AdminDeleteUserInput{UserPoolId: &s.pool, Username: &u.Username}); refusal == nil {
				deleted++
			}
		}
		line := fmt.Sprintf("- run %s: %d users, whose username or e-mail address begins with %s%s-; %d of them deleted", run, len(users), mark, run, deleted)
		if refusal != nil {
			line += fmt.Sprintf(" (%v)", refusal)
		}
		lines = append(lines, line)
	}
	lines = append(lines, fmt.Sprintf("- run %s: %d jobs created, %d of them started; no operation deletes a job", s.runID, s.jobs, s.starts),
		"- the log streams of these jobs, in the log group /aws/cognito/userpools/"+s.pool+"/"+s.settled.Name)
	s.report.made = lines
	for _, line := range lines {
		s.sayf("%s", line)
	}
	return s.report.write()
}

// ruleUsers is the Directory of one rule. It shows the users of the rule, under the names that the rule gave them.
type ruleUsers struct {
	noPools
	s      *session
	prefix string
}

func (d ruleUsers) AddUser(ctx context.Context, _ string, user userpool.User) (userpool.User, error) {
	in := &cognito.AdminCreateUserInput{UserPoolId: &d.s.pool, Username: aws.String(d.prefix + user.Username), MessageAction: types.MessageActionTypeSuppress}
	for name, value := range user.Attributes.All() {
		in.UserAttributes = append(in.UserAttributes, types.AttributeType{Name: &name, Value: &value})
	}
	out, err := request(ctx, d.s, userpool.OpAddUser, d.s.api.AdminCreateUser, in)
	if err != nil {
		return userpool.User{}, err
	}
	u := out.User
	return d.named(newUser(u.Username, u.Attributes, u.UserStatus, u.Enabled, u.UserCreateDate, u.UserLastModifiedDate)), nil
}

func (d ruleUsers) User(ctx context.Context, ref userpool.Ref) (userpool.User, error) {
	user, err := d.s.user(ctx, d.prefix+ref.Username)
	return d.named(user), err
}

// Users returns all users of the rule in one page.
func (d ruleUsers) Users(ctx context.Context, _ string, _ importjob.Page) ([]userpool.User, string, error) {
	users, err := d.s.listUsers(ctx, fmt.Sprintf("username ^= %q", d.prefix), 0)
	for i := range users {
		users[i] = d.named(users[i])
	}
	return users, "", err
}

func (d ruleUsers) CountUsers(ctx context.Context, pool string) (int64, error) {
	users, _, err := d.Users(ctx, pool, importjob.Page{})
	return int64(len(users)), err
}

func (d ruleUsers) named(u userpool.User) userpool.User {
	u.Username = strings.TrimPrefix(u.Username, d.prefix)
	return u
}

// noPools are the methods of a Directory that no rule of a run calls.
type noPools struct{}

func (noPools) CreatePool(context.Context, userpool.Pool) (userpool.Pool, error) {
	return userpool.Pool{}, errors.ErrUnsupported
}
func (noPools) UpdatePool(context.Context, userpool.Pool) error { return errors.ErrUnsupported }
func (noPools) DeletePool(context.Context, string) error        { return errors.ErrUnsupported }
func (noPools) Pools(context.Context, importjob.Page) ([]userpool.Pool, string, error) {
	return nil, "", errors.ErrUnsupported
}

var _ userpool.Directory = ruleUsers{}
