package live_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/userpool"
)

// matching calls Cognito, and lists only the users that match a filter.
type matching struct {
	*cognito.Client
	filter string
}

func (m matching) ListUsers(ctx context.Context, in *cognito.ListUsersInput, opts ...func(*cognito.Options)) (*cognito.ListUsersOutput, error) {
	if m.filter != "" {
		in.Filter = &m.filter
	}
	return m.Client.ListUsers(ctx, in, opts...)
}

// users returns the users of pools. Its method Users lists those that match a filter; "" matches all. Calls are slow
// enough without the limits of awsbackend.
func (s *session) users(filter string) userpool.Users {
	users := awsbackend.NewUsers(matching{s.api, filter}, &awsbackend.UsersOptions{Unlimited: true})
	return backend.InterceptUsers(users, s.slowly, s.log.intercept)
}

// listUsers returns the users that match a filter, oldest first.
func (s *session) listUsers(ctx context.Context, filter string) ([]userpool.User, error) {
	var list []userpool.User
	for user, err := range userpool.All(ctx, s.users(filter), s.pool) {
		if err != nil {
			return nil, err
		}
		list = append(list, user)
	}
	slices.SortStableFunc(list, func(a, b userpool.User) int { return a.CreateDate.Compare(b.CreateDate) })
	return list, nil
}

// marked returns the users whose username or e-mail address begins with a prefix.
func (s *session) marked(ctx context.Context, prefix string) ([]userpool.User, error) {
	var all []userpool.User
	for _, attribute := range []string{"username", "email"} {
		users, err := s.listUsers(ctx, fmt.Sprintf("%s ^= %q", attribute, prefix))
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
			if refusal = s.users("").DeleteUser(ctx, userpool.Ref{UserPoolID: s.pool, Username: u.Username}); refusal == nil {
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

// someUsers is userpool.Users under a name that is not the name of a method, so that ruleUsers can embed it.
type someUsers = userpool.Users

// ruleUsers is the Directory of one rule. It shows the users of the rule, under the names that the rule gave them.
type ruleUsers struct {
	noPools
	someUsers
	s      *session
	prefix string
}

func newRuleUsers(s *session, prefix string) userpool.Directory {
	return ruleUsers{someUsers: backend.InterceptUsers(s.users(""), withoutGroups), s: s, prefix: prefix}
}

func (d ruleUsers) AddUser(ctx context.Context, pool string, user userpool.User) (userpool.User, error) {
	user.Username = d.prefix + user.Username
	added, err := d.someUsers.AddUser(ctx, pool, user)
	return d.named(added), err
}

func (d ruleUsers) User(ctx context.Context, ref userpool.Ref) (userpool.User, error) {
	user, err := d.someUsers.User(ctx, d.ref(ref))
	return d.named(user), err
}

// Users returns all users of the rule in one page.
func (d ruleUsers) Users(ctx context.Context, _ string, _ importjob.Page) ([]userpool.User, string, error) {
	users, err := d.s.listUsers(ctx, fmt.Sprintf("username ^= %q", d.prefix))
	for i := range users {
		users[i] = d.named(users[i])
	}
	return users, "", err
}

func (d ruleUsers) CountUsers(ctx context.Context, pool string) (int64, error) {
	users, _, err := d.Users(ctx, pool, importjob.Page{})
	return int64(len(users)), err
}

func (d ruleUsers) UpdateUser(ctx context.Context, ref userpool.Ref, attributes []userpool.Attribute) error {
	return d.someUsers.UpdateUser(ctx, d.ref(ref), attributes)
}

func (d ruleUsers) DeleteUser(ctx context.Context, ref userpool.Ref) error {
	return d.someUsers.DeleteUser(ctx, d.ref(ref))
}

func (d ruleUsers) EnableUser(ctx context.Context, ref userpool.Ref) error {
	return d.someUsers.EnableUser(ctx, d.ref(ref))
}

func (d ruleUsers) DisableUser(ctx context.Context, ref userpool.Ref) error {
	return d.someUsers.DisableUser(ctx, d.ref(ref))
}

// ref returns the Ref of a user of the rule as the pool knows it.
func (d ruleUsers) ref(ref userpool.Ref) userpool.Ref {
	return userpool.Ref{UserPoolID: ref.UserPoolID, Username: d.prefix + ref.Username}
}

func (d ruleUsers) named(u userpool.User) userpool.User {
	u.Username = strings.TrimPrefix(u.Username, d.prefix)
	return u
}

// withoutGroups refuses the calls about groups, which no rule of a run makes: nothing would delete their groups.
func withoutGroups(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
	switch call.Op {
	case userpool.OpCreateGroup, userpool.OpUpdateGroup, userpool.OpDeleteGroup, userpool.OpGroup, userpool.OpGroups,
		userpool.OpGroupsOfUser, userpool.OpUsersInGroup, userpool.OpAddUserToGroup, userpool.OpRemoveUserFromGroup:
		return errors.ErrUnsupported
	}
	return next(ctx)
}

// noPools are the methods of a Directory that no rule of a run calls.
type noPools struct{}

func (noPools) CreatePool(context.Context, userpool.Pool) (userpool.Pool, error) {
	return userpool.Pool{}, errors.ErrUnsupported
}
func (noPools) UpdatePool(context.Context, userpool.Pool) error { return errors.ErrUnsupported }
func (noPools) DeletePool(context.Context, string) error        { return errors.ErrUnsupported }
func (noPools) DescribePool(context.Context, string) (userpool.Pool, error) {
	return userpool.Pool{}, errors.ErrUnsupported
}
func (noPools) Pools(context.Context, importjob.Page) ([]userpool.Pool, string, error) {
	return nil, "", errors.ErrUnsupported
}
