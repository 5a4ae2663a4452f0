package backendtest

import (
	"slices"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/userpool"
)

func (e *env) ref(name string) userpool.Ref { return userpool.Ref{UserPoolID: e.pool, Username: name} }

// attr returns an attribute.
func attr(name, value string) userpool.Attribute { return userpool.Attribute{Name: name, Value: value} }

// verifiedEmail returns the attributes of a verified e-mail address.
func verifiedEmail(address string) []userpool.Attribute {
	return []userpool.Attribute{attr("email", address), attr("email_verified", "true")}
}

// add adds a user as an administrator does.
func (e *env) add(name string, attributes ...userpool.Attribute) userpool.User {
	return must(e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: name, Attributes: userpool.NewAttributes(attributes...)}))
}

func (e *env) update(name string, attributes ...userpool.Attribute) {
	ok("UpdateUser", e.Directory.UpdateUser(e.ctx, e.ref(name), attributes))
}

// adminRules are about what an administrator does to users.
func adminRules() []Rule {
	return []Rule{
		{Name: "admin/update", Kind: KindDocumented, Source: api("AdminUpdateUserAttributes"), Users: true,
			Sentence: "UpdateUser sets the attributes in the list, removes those with an empty value, and keeps the others.",
			check: func(e *env) {
				e.run(e.file(good("ann").with("name", "Ann").with("nickname", "A"), good("bob")))
				before, other := e.user("ann"), e.user("bob")
				e.update("ann", attr("nickname", ""), attr("name", "Ann Lee"), attr("zoneinfo", "UTC"))
				u := e.user("ann").Attributes
				equal("the name", u.Value("name"), "Ann Lee")
				equal("the new attribute", u.Value("zoneinfo"), "UTC")
				_, there := u.Get("nickname")
				that(!there, "the nickname is still there")
				equal("the e-mail address", u.Value("email"), before.Attributes.Value("email"))
				sameUser(e.user("bob"), other)
			}},
		{Name: "admin/update-added", Kind: KindDocumented, Source: api("AdminUpdateUserAttributes"), Users: true,
			Sentence: "A user that an administrator added can be updated, and is found by its sub for that.",
			check: func(e *env) {
				added := e.add("ann")
				e.update(added.Sub, attr("name", "Ann"))
				equal("the name", e.user("ann").Attributes.Value("name"), "Ann")
			}},
		{Name: "admin/update-refused", Kind: KindDocumented, Source: api("AdminUpdateUserAttributes"), Users: true,
			Setup: inPool(func(p *importjob.Pool) {
				p.Schema = p.Schema.Require("name").With(importjob.SchemaAttribute{Name: "custom:fixed", Type: "String"})
			}),
			Sentence: "UpdateUser refuses an attribute that is not in the schema, that cannot change, or whose value breaks the schema, and one that is required and empty. Then it changes nothing.",
			check: func(e *env) {
				e.run(e.file(good("ann").with("name", "Ann")))
				before := e.user("ann")
				for _, bad := range []userpool.Attribute{attr("custom:none", "x"), attr("sub", "x"), attr("custom:fixed", "x"), attr("email", "nobody"),
					attr("phone_number", "12345"), attr("email_verified", "maybe"), attr("birthdate", "1985"), attr("name", "")} {
					err := e.Directory.UpdateUser(e.ctx, e.ref("ann"), []userpool.Attribute{attr("nickname", "A"), bad})
					that(err != nil, "there is no error for %s", bad.Name)
					refused(err, importjob.ErrInvalidParameter)
				}
				sameUser(e.user("ann"), before)
			}},
		{Name: "admin/update-date", Kind: KindDocumented, Source: api("UserType"), Users: true, Advances: true,
			Sentence: "The update date of a user is the time of its last update, in UTC and whole milliseconds. The create date stays.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				created := e.user("ann").CreateDate
				e.Advance(1234567 * time.Microsecond)
				e.update("ann", attr("name", "Ann"))
				u := e.user("ann")
				equal("the create date", u.CreateDate, created)
				equal("the update date", u.LastModifiedDate, backend.Date(e.Now()))
			}},
		{Name: "admin/new-email", Kind: KindAssumed, Source: "A74", Users: true,
			Sentence: "A verified e-mail address that is changed alone is no longer verified. One that is changed together with email_verified is.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				e.update("ann", attr("email", "ann@example.org"))
				equal("email_verified", e.user("ann").Attributes.Value("email_verified"), "false")
				e.update("ann", verifiedEmail("ann@example.net")...)
				equal("email_verified", e.user("ann").Attributes.Value("email_verified"), "true")
				e.update("ann", attr("email", "ann@example.net"))
				equal("email_verified of the same address", e.user("ann").Attributes.Value("email_verified"), "true")
			}},
		{Name: "admin/alias-moves", Kind: KindDocumented, Source: aliasMoves, Users: true, Setup: aliased("email"),
			Sentence: "A verified e-mail address of another user moves to the user who gets it by an update. The other one's is no longer verified.",
			check: func(e *env) {
				e.run(e.file(good("ann"), good("bob")))
				e.update("bob", attr("email", "ann@example.com"))
				equal("the user of the address that is not verified", e.user("ann@example.com").Username, "ann")
				e.update("bob", attr("email_verified", "true"))
				equal("the user of the address", e.user("ann@example.com").Username, "bob")
				equal("email_verified of the other", e.user("ann").Attributes.Value("email_verified"), "false")
			}},
		{Name: "admin/alias-stays", Kind: KindContract, Source: "userpool.Users", Users: true, Setup: aliased("email"),
			Sentence: "An update of something else moves no alias.",
			check: func(e *env) {
				e.run(e.file(good("ann"), good("ann").named("bob")))
				e.update("ann", attr("name", "Ann"))
				equal("the user of the address", e.user("ann@example.com").Username, "bob")
				equal("email_verified of the other", e.user("bob").Attributes.Value("email_verified"), "true")
			}},
		{Name: "admin/preferred-username-taken", Kind: KindDocumented, Source: attributes, Users: true, Setup: aliased("preferred_username"),
			Sentence: "UpdateUser and AddUser refuse the preferred username of another user with an AliasExistsException.",
			check: func(e *env) {
				e.run(e.file(good("ann").with("preferred_username", "boss"), good("bob")))
				refused(e.Directory.UpdateUser(e.ctx, e.ref("bob"), []userpool.Attribute{attr("preferred_username", "boss")}), userpool.ErrAliasExists)
				_, err := e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: "cid", Attributes: userpool.NewAttributes(attr("preferred_username", "boss"))})
				refused(err, userpool.ErrAliasExists)
				e.update("ann", attr("preferred_username", "boss"))
			}},
		{Name: "admin/add-alias-taken", Kind: KindDocumented, Source: api("AdminCreateUser"), Users: true, Setup: aliased("email"),
			Sentence: "AddUser refuses the verified e-mail address of another user with an AliasExistsException. One that is not verified is no alias.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				_, err := e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: "bob", Attributes: userpool.NewAttributes(verifiedEmail("ann@example.com")...)})
				refused(err, userpool.ErrAliasExists)
				e.noUser("bob")
				e.add("bob", attr("email", "ann@example.com"))
			}},
		{Name: "admin/add-attributes", Kind: KindDocumented, Source: api("AdminCreateUser"), Users: true,
			Setup:    inPool(func(p *importjob.Pool) { p.Schema = p.Schema.Require("name") }),
			Sentence: "AddUser refuses attributes that are not in the schema or break it, and a user without a required attribute.",
			check: func(e *env) {
				for _, list := range [][]userpool.Attribute{nil, {attr("name", "A"), attr("custom:none", "x")}, {attr("name", "A"), attr("email", "nobody")},
					{attr("name", "A"), attr("sub", "x")}, {attr("name", "A"), attr("name", "B")}} {
					added, err := e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: "ann", Attributes: userpool.NewAttributes(list...)})
					refused(err, importjob.ErrInvalidParameter)
					that(added.Username == "" && added.Sub == "", "there is a user beside the error")
				}
				e.add("ann", attr("name", "A"))
			}},
		{Name: "admin/add-by-email", Kind: KindDocumented, Source: cliAddUser, Users: true, Setup: signsInWith("email"),
			Sentence: "In a pool whose users sign in with an e-mail address, the username of an added user is its sub, and the address is an attribute.",
			check: func(e *env) {
				added := e.add("ann@example.com")
				equal("the username", added.Username, added.Sub)
				equal("the e-mail address", added.Attributes.Value("email"), "ann@example.com")
				equal("the user of the address", e.user("ann@example.com").Username, added.Sub)
				_, err := e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: "ann@example.com"})
				refused(err, userpool.ErrUsernameExists)
			}},
		{Name: "admin/delete", Kind: KindDocumented, Source: api("AdminDeleteUser"), Users: true,
			Sentence: "A deleted user is not found, listed or counted. Its username is free, and a new user with it has another sub.",
			check: func(e *env) {
				e.run(e.file(good("ann"), good("bob"), good("cid")))
				e.add("dan")
				sub := e.user("bob").Sub
				for _, name := range []string{"bob", "dan"} {
					ok("DeleteUser", e.Directory.DeleteUser(e.ctx, e.ref(name)))
					e.noUser(name)
					refused(e.Directory.DeleteUser(e.ctx, e.ref(name)), userpool.ErrUserNotFound)
				}
				e.noUser(sub)
				equal("the number of users", must(e.Directory.CountUsers(e.ctx, e.pool)), 2)
				equal("the number of listed users", len(e.users()), 2)
				that(e.add("bob").Sub != sub, "the new user has the old sub")
				equal("the outcome of a job", e.outcomes(good("ann"), good("dan")), "KS")
			}},
		{Name: "admin/delete-row", Kind: KindAssumed, Source: "A45", Users: true, Advances: true, Setup: paced(),
			Sentence: "A job imports a row whose user was deleted before the job read the row.",
			check: func(e *env) {
				rows := append(goods(30), good("ann"))
				e.add("ann")
				job := e.started(e.file(rows...))
				ok("DeleteUser", e.Directory.DeleteUser(e.ctx, e.ref("ann")))
				equal("the outcome of the row", at(e.results(e.finish(job)), 30).Status, importjob.RowSucceeded)
				equal("the status", e.user("ann").Status, userpool.StatusResetRequired)
			}},
		{Name: "admin/disable", Kind: KindDocumented, Source: api("AdminDisableUser"), Users: true,
			Sentence: "A disabled user stays in the pool, is listed as disabled and keeps its status, until it is enabled.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				e.add("bob")
				for _, name := range []string{"ann", "bob"} {
					ok("DisableUser", e.Directory.DisableUser(e.ctx, e.ref(name)))
				}
				ok("EnableUser", e.Directory.EnableUser(e.ctx, e.ref("bob")))
				that(e.user("ann").Disabled && at(e.users(), 0).Disabled, "the user is not disabled")
				equal("the status", e.user("ann").Status, userpool.StatusResetRequired)
				that(!e.user("bob").Disabled, "the other user is still disabled")
				ok("EnableUser", e.Directory.EnableUser(e.ctx, e.ref("ann")))
				that(!e.user("ann").Disabled, "the user is still disabled")
			}},
		{Name: "admin/disable-twice", Kind: KindContract, Source: "userpool.Users", Users: true, Advances: true,
			Sentence: "To disable a disabled user, or to enable an enabled one, changes nothing.",
			check: func(e *env) {
				e.run(e.file(good("ann"), good("bob")))
				ok("DisableUser", e.Directory.DisableUser(e.ctx, e.ref("ann")))
				ann, bob := e.user("ann"), e.user("bob")
				e.Advance(time.Minute)
				ok("DisableUser", e.Directory.DisableUser(e.ctx, e.ref("ann")))
				ok("EnableUser", e.Directory.EnableUser(e.ctx, e.ref("bob")))
				sameUser(e.user("ann"), ann)
				sameUser(e.user("bob"), bob)
				that(e.user("ann").Disabled, "the user is enabled")
			}},
		{Name: "admin/snapshots", Kind: KindContract, Source: "userpool.Users", Users: true,
			Sentence: "A User that was returned never changes, and a list that was given to UpdateUser can be changed afterwards.",
			check: func(e *env) {
				e.run(e.file(good("ann").with("name", "Ann")))
				before, list := e.user("ann"), []userpool.Attribute{attr("name", "Bea"), attr("nickname", "B")}
				ok("UpdateUser", e.Directory.UpdateUser(e.ctx, e.ref("ann"), list))
				equal("the name of the old User", before.Attributes.Value("name"), "Ann")
				clear(list)
				equal("the name", e.user("ann").Attributes.Value("name"), "Bea")
			}},
		{Name: "admin/describe-pool", Kind: KindContract, Source: "userpool.Pools", Users: true,
			Sentence: "DescribePool returns a pool with all its settings and dates, and what is done to this value does not change the pool.",
			check: func(e *env) {
				given := userpool.Pool{Pool: importjob.Pool{Name: "fresh", AutoVerifiedAttributes: []string{"email"}}, AllowedFirstAuthFactors: []string{"PASSWORD", "EMAIL_OTP"},
					PasswordPolicy: userpool.PasswordPolicy{MinimumLength: 12, RequireNumbers: true}, Settings: []byte(`{"UserPoolTags":{"a":"b"}}`)}
				created := must(e.Directory.CreatePool(e.ctx, given))
				for range 2 {
					p := must(e.Directory.DescribePool(e.ctx, created.ID))
					samePool(p.Pool, created.Pool)
					equal("the policy", p.PasswordPolicy, given.PasswordPolicy)
					equalLists("the first factors", p.AllowedFirstAuthFactors, given.AllowedFirstAuthFactors)
					equal("the other settings", string(p.Settings), `{"UserPoolTags":{"a":"b"}}`)
					equal("the creation date", p.CreationDate, created.CreationDate)
					equal("the update date", p.LastModifiedDate, created.LastModifiedDate)
					clear(p.Schema)
					clear(p.AllowedFirstAuthFactors)
					clear(p.Settings)
				}
			}},
	}
}

// adminInputRules are about input and errors of these methods.
func adminInputRules() []Rule {
	return []Rule{
		{Name: "admin/unknown-user", Kind: KindDocumented, Source: api("AdminUpdateUserAttributes"), Users: true,
			Sentence: "Every method refuses a user who does not exist with a UserNotFoundException.",
			check: func(e *env) {
				e.group("staff")
				allRefuse(e.ofUser(e.ctx, e.ref("nobody")), withCode(userpool.ErrUserNotFound))
			}},
		{Name: "admin/unknown-pool", Kind: KindContract, Source: "userpool.Users", Users: true,
			Sentence: "Every method refuses a pool that does not exist with a ResourceNotFoundException.",
			check: func(e *env) {
				answers := e.ofUser(e.ctx, userpool.Ref{UserPoolID: unknownPool, Username: "ann"})
				p, err := e.Directory.DescribePool(e.ctx, unknownPool)
				allRefuse(append(answers, answer{userpool.OpDescribePool, p.ID == "" && p.Schema == nil, err}), withCode(importjob.ErrResourceNotFound))
			}},
		{Name: "admin/malformed", Kind: KindDocumented, Source: model, Users: true,
			Sentence: "Every method refuses a malformed pool ID, an empty username, one with white space, and one of more than 128 characters.",
			check: func(e *env) {
				refs := []userpool.Ref{{UserPoolID: "no-underscore", Username: "ann"}, e.ref(""), e.ref("two words"), e.ref(longName)}
				for _, ref := range refs {
					allRefuse(e.ofUser(e.ctx, ref), withCode(importjob.ErrInvalidParameter))
				}
			}},
		{Name: "admin/update-input", Kind: KindDocumented, Source: api("AttributeType"), Users: true,
			Sentence: "UpdateUser refuses an empty list, a name that is empty or has more than 32 characters, and a value of more than 2,048. The error does not contain the value.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				long := longName + longName
				for _, list := range [][]userpool.Attribute{{}, {attr("", "x")}, {attr(long[:33], "x")}, {attr("name", string(slices.Repeat([]byte("v"), 2049)))}} {
					err := e.Directory.UpdateUser(e.ctx, e.ref("ann"), list)
					refused(err, importjob.ErrInvalidParameter)
					that(len(err.Error()) < 1500, "the error contains the value")
				}
				e.update("ann", attr("name", string(slices.Repeat([]byte("v"), 2048))))
			}},
		{Name: "admin/canceled", Kind: KindContract, Source: "userpool.Users", Users: true,
			Sentence: "Every method refuses a context that has ended, with the context's cause, and changes nothing.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				before := e.user("ann")
				ctx, cause := e.ended()
				allRefuse(e.ofUser(ctx, e.ref("ann")), withCause(cause))
				sameUser(e.user("ann"), before)
			}},
	}
}

// longName has 129 characters, one more than a username or the name of a group can have.
var longName = string(slices.Repeat([]byte("n"), 129))
