package backendtest

import (
	"regexp"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/userpool"
)

// stored imports one row and returns the value that the pool stores for an attribute.
func (e *env) stored(name, column, value string) string {
	e.run(e.file(good(name).with(column, value)))
	return e.user(name).Attributes.Value(column)
}

func userRules() []Rule {
	return []Rule{
		{Name: "users/status", Kind: KindDocumented, Source: guide, Users: true,
			Sentence: "An imported user is enabled and in status RESET_REQUIRED.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				u := e.user("ann")
				equal("the status", u.Status, "RESET_REQUIRED")
				that(!u.Disabled, "the user is disabled")
			}},
		{Name: "users/sub", Kind: KindDocumented, Source: guide, Users: true,
			Sentence: "Each user gets its own sub, a UUID.",
			check: func(e *env) {
				e.run(e.file(goods(20)...))
				form, subs := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`), map[string]bool{}
				for _, u := range e.users() {
					that(form.MatchString(u.Sub), "the sub is %q", u.Sub)
					that(!subs[u.Sub], "two users have the sub %s", u.Sub)
					subs[u.Sub] = true
					equal("the sub on a second look", e.user(u.Username).Sub, u.Sub)
				}
			}},
		{Name: "users/dates", Kind: KindDocumented, Source: guide, Users: true,
			Sentence: "The create date and the update date of an imported user are the time of its import.",
			Setup:    paced(), Advances: true,
			check: func(e *env) {
				job := e.run(e.file(goods(30)...))
				users := e.users()
				took := at(users, 29).CreateDate.Sub(users[0].CreateDate)
				that(took >= time.Second && took <= 4*time.Second, "thirty users at ten a second came within %v", took)
				for _, u := range users {
					equal("the update date", u.LastModifiedDate, u.CreateDate)
					equal("the create date in UTC and milliseconds", u.CreateDate, backend.Date(u.CreateDate))
					that(!u.CreateDate.Before(job.StartDate) && !u.CreateDate.After(job.CompletionDate),
						"created at %v, but the job ran from %v to %v", u.CreateDate, job.StartDate, job.CompletionDate)
				}
			}},
		{Name: "users/with-the-counter", Kind: KindAssumed, Source: "A45", Users: true,
			Sentence: "While a job runs, the pool has as many new users as the job has imported.",
			Setup:    paced(), Advances: true,
			check: func(e *env) {
				job := e.started(e.file(mixed()...))
				for range 9 {
					n := e.describe(job).ImportedUsers
					equal("the number of users", must(e.Directory.CountUsers(e.ctx, e.pool)), n)
					equal("the number of listed users", int64(len(e.users())), n)
					e.Advance(700 * time.Millisecond)
				}
			}},
		{Name: "users/not-before", Kind: KindAssumed, Source: "A45", Users: true,
			Sentence: "A user whose row has not been read yet cannot be seen.",
			Setup:    paced(), Advances: true,
			check: func(e *env) {
				job := e.started(e.file(goods(30)...))
				e.noUser("user0000")
				e.Advance(3 * time.Second)
				e.user("user0000")
				e.noUser("user0029")
				e.finish(job)
				e.user("user0029")
			}},
		{Name: "users/failed-rows", Kind: KindDocumented, Source: guide, Users: true,
			Sentence: "A row that fails creates no user.",
			check: func(e *env) {
				e.run(e.file(good("ann"), unverified("bob"), good("cid").with("birthdate", "x")))
				equal("the number of users", must(e.Directory.CountUsers(e.ctx, e.pool)), 1)
				e.noUser("bob")
				e.noUser("cid")
			}},
		{Name: "users/skipped-untouched", Kind: KindDocumented, Source: guide, Users: true,
			Sentence: "A row whose user exists is skipped, and does not change the user.",
			check: func(e *env) {
				e.run(e.file(good("ann").with("name", "Ann")))
				before := e.user("ann")
				equal("the outcomes", e.outcomes(good("ann").with("name", "Other").with("nickname", "x"), good("bob")), "KS")
				sameUser(e.user("ann"), before)
			}},
		{Name: "users/added-untouched", Kind: KindDocumented, Source: guide, Users: true,
			Sentence: "A row whose user was added by an administrator is skipped, and does not change the user.",
			check: func(e *env) {
				before := must(e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: "ann"}))
				equal("the outcomes", e.outcomes(good("ann"), good("bob")), "KS")
				sameUser(e.user("ann"), before)
			}},
		{Name: "users/duplicates", Kind: KindDocumented, Source: guide, Users: true,
			Sentence: "Of two rows with the same username, the first is imported and the second is skipped.",
			check: func(e *env) {
				equal("the outcomes", e.outcomes(good("ann").with("name", "One"), good("bob"), good("ann").with("name", "Two")), "SSK")
				equal("the name", e.user("ann").Attributes.Value("name"), "One")
			}},
		{Name: "users/case-ignored", Kind: KindDocumented, Source: caseRules, Users: true,
			Sentence: "In a pool that ignores case, usernames that differ only in case are the same user. Each of them finds the user.",
			Setup:    inPool(func(p *importjob.Pool) { p.CaseInsensitive = true }),
			check: func(e *env) {
				equal("the outcomes", e.outcomes(good("John"), good("john"), good("JOHN"), good("Élan"), good("élan")), "SKKSK")
				equal("the sub of the one", e.user("jOHN").Sub, e.user("John").Sub)
				equal("the outcome of a second job", e.outcomes(good("joHn")), "K")
			}},
		{Name: "users/case-sensitive", Kind: KindDocumented, Source: caseRules, Users: true,
			Sentence: "In a pool that does not ignore case, usernames that differ only in case are two users.",
			check: func(e *env) {
				equal("the outcomes", e.outcomes(good("John"), good("john"), good("John")), "SSK")
				that(e.user("John").Sub != e.user("john").Sub, "they have the same sub")
				e.noUser("JOHN")
			}},
		{Name: "users/of-a-failed-job", Kind: KindAssumed, Source: "A46", Users: true,
			Sentence: "Users stay when the job that imported them ends Failed.",
			check: func(e *env) {
				equal("the status of the job", e.run(e.file(good("ann"), unverified("bob"), unverified("cid"))).Status, importjob.StatusFailed)
				equal("the number of users", must(e.Directory.CountUsers(e.ctx, e.pool)), 1)
				e.user("ann")
			}},
		{Name: "users/added-meanwhile", Kind: KindAssumed, Source: "A45", Users: true,
			Sentence: "A job skips a row if its user was added after the start of the job and before the job read the row.",
			Setup:    paced(), Advances: true,
			check: func(e *env) {
				job := e.started(e.file(goods(20)...))
				before := must(e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: "user0015"}))
				equal("the counters", counters(e.finish(job)), [3]int64{19, 1, 0})
				sameUser(e.user("user0015"), before)
			}},
		{Name: "users/own-pool", Kind: KindDocumented, Source: guide, Users: true,
			Sentence: "A user of one pool is not a user of another pool.",
			Setup:    twoPools(),
			check: func(e *env) {
				e.run(e.file(good("ann")))
				job := e.createIn(e.other)
				e.upload(job, e.file(good("ann")))
				equal("the outcome in the other pool", letters(e.results(e.finish(e.start(job)))), "S")
			}},
	}
}

// sameUser ends the check unless two users are the same, apart from their usernames.
func sameUser(got, want userpool.User) {
	equal("the sub", got.Sub, want.Sub)
	equal("the status", got.Status, want.Status)
	equal("the create date", got.CreateDate, want.CreateDate)
	equal("the update date", got.LastModifiedDate, want.LastModifiedDate)
	equal("the number of attributes", got.Attributes.Len(), want.Attributes.Len())
	for name, value := range want.Attributes.All() {
		equal("the attribute "+name, got.Attributes.Value(name), value)
	}
}

func storedRules() []Rule {
	return []Rule{
		{Name: "stored/username", Kind: KindDocumented, Source: guide, Users: true,
			Sentence: "A user has the username of its row, in any script.",
			check: func(e *env) {
				for _, name := range []string{"ann", "Ünïcode", "用户", "नमस्ते"} {
					e.run(e.file(good(name)))
					equal("the username", e.user(name).Username, name)
				}
			}},
		{Name: "stored/attributes", Kind: KindDocumented, Source: guide, Users: true,
			Sentence: "A user has the attributes of its row, each under the name of its column.",
			Setup:    inPool(withCustom),
			check: func(e *env) {
				row := good("ann").with("name", "Ann").with("family_name", "Lee").with("custom:role", "boss").with("custom:id", "42").
					with("phone_number", "+12345550100").with("updated_at", "1471453471")
				e.run(e.file(row))
				for column, value := range row {
					if column != importjob.ColumnUsername && column != "email_verified" {
						equal("the attribute "+column, e.user("ann").Attributes.Value(column), value)
					}
				}
			}},
		{Name: "stored/booleans", Kind: KindAssumed, Source: "A48", Users: true,
			Sentence: "Booleans are stored in lower case.",
			check: func(e *env) {
				e.run(e.file(good("ann").with("phone_number_verified", "FALSE")))
				equal("email_verified", e.user("ann").Attributes.Value("email_verified"), "true")
				equal("phone_number_verified", e.user("ann").Attributes.Value("phone_number_verified"), "false")
			}},
		{Name: "stored/no-empty-values", Kind: KindAssumed, Source: "A48", Users: true,
			Sentence: "A user has no attribute for an empty value.",
			check: func(e *env) {
				e.run(e.file(good("ann").with("name", "  ")))
				for name, value := range e.user("ann").Attributes.All() {
					that(value != "", "the attribute %s is empty", name)
				}
				equal("the number of attributes", e.user("ann").Attributes.Len(), 2)
			}},
		{Name: "stored/no-columns", Kind: KindAssumed, Source: "A48", Users: true,
			Sentence: "A user has no attributes cognito:username and cognito:mfa_enabled.",
			check: func(e *env) {
				e.run(e.file(good("ann").with("cognito:mfa_enabled", "false")))
				for name := range e.user("ann").Attributes.All() {
					that(!strings.HasPrefix(name, "cognito:"), "there is an attribute %s", name)
				}
			}},
		{Name: "stored/commas", Kind: KindDocumented, Source: guide, Users: true,
			Sentence: "\"\\,\" in a value means a comma.",
			check: func(e *env) {
				equal("the address", e.stored("ann", "address", `1 Main St\, Apt 2\, Anytown`), "1 Main St, Apt 2, Anytown")
				equal("a comma alone", e.stored("bob", "nickname", `\,`), ",")
			}},
		{Name: "stored/trimmed", Kind: KindDocumented, Source: guide, Users: true,
			Sentence: "White space around a value is trimmed, and white space in it stays.",
			check: func(e *env) {
				equal("the name", e.stored("ann", "name", " \t Ann  Lee "), "Ann  Lee")
				equal("the name between tabs", e.stored("cid", "name", "\tCid\tLee\t"), "Cid\tLee")
				e.run(e.file(good("bob").named("  bob "), good("dan").named("\tdan\t")))
				equal("the username", e.user("bob").Username, "bob")
				equal("the username between tabs", e.user("dan").Username, "dan")
			}},
		{Name: "stored/quotes", Kind: KindAssumed, Source: "A9", Users: true,
			Sentence: "Double quotes are characters like any other.",
			check: func(e *env) {
				equal("the name", e.stored("ann", "name", `"Ann "the boss" Lee"`), `"Ann "the boss" Lee"`)
				equal("a quoted comma makes a value more", e.outcomes(good("bob").with("name", `"Lee, Bob"`)), "F")
			}},
		{Name: "stored/backslashes", Kind: KindAssumed, Source: "A11", Users: true,
			Sentence: "A backslash that no comma follows is a character like any other.",
			check: func(e *env) {
				equal("the name", e.stored("ann", "name", `a\b\\c\n`), `a\b\\c\n`)
			}},
		{Name: "stored/text", Kind: KindDocumented, Source: guide, Users: true,
			Sentence: "Values keep their characters and their case.",
			check: func(e *env) {
				for i, value := range []string{"José Ñandú", "李小龍", "👩‍👩‍👧", "MiXed", "e\u0301", "#1; <b> & 'x'"} {
					equal("the name", e.stored(goods(9)[i][importjob.ColumnUsername], "name", value), value)
				}
				equal("the e-mail address", e.stored("ann", "email", "Ann@Example.com"), "Ann@Example.com")
			}},
		{Name: "stored/birthdate", Kind: KindAssumed, Source: "A21", Users: true,
			Sentence: "A birthdate is stored as the file has it.",
			check:    func(e *env) { equal("the birthdate", e.stored("ann", "birthdate", "02/01/1985"), "02/01/1985") }},
		{Name: "stored/email-username", Kind: KindAssumed, Source: "A20", Users: true,
			Sentence: "In a pool whose users sign in with an e-mail address, a user has the username of its row.",
			Setup:    inPool(func(p *importjob.Pool) { p.UsernameAttributes = []string{"email"} }),
			check: func(e *env) {
				e.run(e.file(good("ann").named("ann@example.com")))
				equal("the username", at(e.users(), 0).Username, "ann@example.com")
			}},
	}
}
