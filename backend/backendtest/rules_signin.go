package backendtest

import (
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// aliased returns a Setup with a pool that has these alias attributes.
func aliased(names ...string) Setup {
	return inPool(func(p *importjob.Pool) { p.AliasAttributes = names })
}

// signsInWith returns a Setup with a pool whose users sign in with these attributes instead of a username.
func signsInWith(names ...string) Setup {
	return inPool(func(p *importjob.Pool) { p.UsernameAttributes = names })
}

// nameRules are about usernames in pools whose users sign in with something else, too.
func nameRules() []Rule {
	return []Rule{
		{Name: "rows/alias-username-phone", Kind: KindDocumented, Source: attributes,
			Sentence: "In a pool whose users sign in with a phone number as alias, a row fails if its username looks like a phone number.",
			Setup:    aliased("phone_number"),
			check: func(e *env) {
				e.valuesOf(importjob.ColumnUsername, []string{"ann", "ann@example.com", "12345550100"}, []string{"+12345550100"})
			}},
		{Name: "rows/alias-username-both", Kind: KindDocumented, Source: attributes,
			Sentence: "In a pool with both aliases, a row fails if its username looks like an e-mail address or like a phone number.",
			Setup:    aliased("email", "phone_number"),
			check: func(e *env) {
				e.valuesOf(importjob.ColumnUsername, []string{"ann", "ann@home"}, []string{"ann@example.com", "+12345550100"})
			}},
		{Name: "rows/alias-username-preferred", Kind: KindAssumed, Source: "A18",
			Sentence: "In a pool whose only alias is preferred_username, a username may look like an e-mail address or a phone number.",
			Setup:    aliased("preferred_username"),
			check: func(e *env) {
				e.valuesOf(importjob.ColumnUsername, []string{"ann", "ann@example.com", "+12345550100"}, nil)
			}},
		{Name: "rows/phone-as-username", Kind: KindAssumed, Source: "A18",
			Sentence: "In a pool whose users sign in with a phone number instead of a username, a row fails if its username is not a phone number.",
			Setup:    signsInWith("phone_number"),
			check: func(e *env) {
				e.valuesOf(importjob.ColumnUsername, []string{"+12345550100"}, []string{"ann", "ann@example.com"})
			}},
		{Name: "rows/either-as-username", Kind: KindAssumed, Source: "A18",
			Sentence: "In a pool whose users sign in with an e-mail address or a phone number, a row fails if its username is neither.",
			Setup:    signsInWith("email", "phone_number"),
			check: func(e *env) {
				e.valuesOf(importjob.ColumnUsername, []string{"ann@example.com", "+12345550100"}, []string{"ann", "12345550100"})
			}},
		{Name: "directory/alias-username", Kind: KindDocumented, Source: attributes, Users: true,
			Sentence: "In a pool with aliases, AddUser refuses a username that looks like one of them.",
			Setup:    aliased("email", "phone_number"),
			check: func(e *env) {
				for _, name := range []string{"ann@example.com", "+12345550100"} {
					_, err := e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: name})
					refused(err, importjob.ErrInvalidParameter)
				}
				must(e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: "ann"}))
			}},
		{Name: "rows/short-birthdate", Kind: KindDocumented, Source: guide,
			Sentence: "A birthdate has the form mm/dd/yyyy, also in a pool whose schema allows 4 to 10 characters.",
			Setup: inPool(func(p *importjob.Pool) {
				p.Schema = p.Schema.With(importjob.SchemaAttribute{Name: "birthdate", Type: "String", Mutable: true, MinLength: "4", MaxLength: "10"})
			}),
			check: func(e *env) {
				e.valuesOf("birthdate", []string{"", "02/01/1985"}, []string{"1985", "1985-02-01", "02/01/85"})
			}},
		{Name: "file/newline-in-value", Kind: KindAssumed, Source: "A64",
			Sentence: "A line end ends the row, also if it is between double quotes or follows a backslash.",
			check: func(e *env) {
				header := e.setup.Pools[0].Header()
				quoted := good("ann").with("address", "\"1 Main St\nAnytown\"").line(header)
				escaped := good("bob").with("address", "1 Main St\\\nAnytown").line(header)
				file := csv(header) + quoted + "\n" + escaped + "\n" + good("cid").line(header) + "\n"
				equal("the outcomes", e.fileOutcomes(file), "FFFFS")
			}},
	}
}

// lookupRules are about the ways to name a user, and about how a user is told.
func lookupRules() []Rule {
	return []Rule{
		{Name: "users/by-sub", Kind: KindDocumented, Source: api("AdminGetUser"), Users: true,
			Sentence: "A user is found by its sub, too.",
			check: func(e *env) {
				e.run(e.file(goods(5)...))
				must(e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: "ann"}))
				for _, u := range e.users() {
					got := e.user(u.Sub)
					equal("the username", got.Username, u.Username)
					sameUser(got, u)
				}
			}},
		{Name: "users/by-alias", Kind: KindDocumented, Source: api("AdminGetUser"), Users: true,
			Sentence: "A user is found by an alias of the pool: by its verified e-mail address, its verified phone number, or its preferred username.",
			Setup:    aliased("email", "phone_number", "preferred_username"),
			check: func(e *env) {
				e.run(e.file(good("ann").with("preferred_username", "boss").with("phone_number", "+12345550100").with("phone_number_verified", "true"), good("bob")))
				for _, alias := range []string{"ann@example.com", "+12345550100", "boss"} {
					equal("the username for the alias", e.user(alias).Username, "ann")
				}
			}},
		{Name: "users/by-alias-only", Kind: KindDocumented, Source: attributes, Users: true,
			Sentence: "An attribute that is no alias of the pool, and an alias that is not verified, find no user.",
			Setup:    aliased("phone_number"),
			check: func(e *env) {
				e.run(e.file(good("ann").with("phone_number", "+12345550100").with("phone_number_verified", "false").with("nickname", "boss")))
				e.user("ann")
				for _, name := range []string{"ann@example.com", "+12345550100", "boss"} {
					e.noUser(name)
				}
			}},
		{Name: "users/by-last-alias", Kind: KindDocumented, Source: attributes, Users: true,
			Sentence: "Of two users with the same verified alias, it finds the one who came last.",
			Setup:    aliased("email"),
			check: func(e *env) {
				e.run(e.file(good("ann"), good("ann").named("bob"), good("ann").named("cid").with("email", "other@example.com")))
				equal("the username for the alias", e.user("ann@example.com").Username, "bob")
			}},
		{Name: "users/by-email", Kind: KindDocumented, Source: api("AdminGetUser"), Users: true,
			Sentence: "In a pool whose users sign in with an e-mail address or a phone number, a user is found by either.",
			Setup:    signsInWith("email", "phone_number"),
			check: func(e *env) {
				e.run(e.file(good("ann").named("ann@example.com").with("phone_number", "+12345550100"), good("bob").named("+12345550199")))
				for _, name := range []string{"ann@example.com", "+12345550100"} {
					equal("the e-mail address", e.user(name).Attributes.Value("email"), "ann@example.com")
				}
				equal("the e-mail address of the other", e.user("bob@example.com").Attributes.Value("email"), "bob@example.com")
			}},
		{Name: "users/alias-case", Kind: KindDocumented, Source: caseRules, Users: true,
			Sentence: "In a pool that ignores case, an e-mail address and a preferred username find their user in any case.",
			Setup: inPool(func(p *importjob.Pool) {
				p.AliasAttributes, p.CaseInsensitive = []string{"email", "preferred_username"}, true
			}),
			check: func(e *env) {
				e.run(e.file(good("ann").with("email", "Ann@Example.com").with("preferred_username", "Boss")))
				equal("the username for the e-mail address", e.user("ANN@example.COM").Username, "ann")
				equal("the username for the preferred username", e.user("bOSS").Username, "ann")
			}},
		{Name: "users/sub-is-apart", Kind: KindContract, Source: "userpool.User", Users: true,
			Sentence: "The attributes of a user do not contain the sub.",
			check: func(e *env) {
				e.run(e.file(good("sue")))
				for _, u := range append(e.users(), e.user("sue")) {
					equal("the attribute sub", u.Attributes.Value("sub"), "")
				}
			}},
		{Name: "users/attribute-order", Kind: KindAssumed, Source: "A68", Users: true,
			Sentence: "The attributes of an imported user come in the order of the columns of its file.",
			check: func(e *env) {
				columns := e.setup.Pools[0].Header()
				slices.Reverse(columns)
				e.run(csv(columns, good("ann").with("name", "Ann").with("nickname", "A").with("zoneinfo", "UTC")))
				var got []string
				for name := range e.user("ann").Attributes.All() {
					got = append(got, name)
				}
				equalLists("the attributes", got, strings.Fields("zoneinfo email_verified email nickname name"))
			}},
		{Name: "stored/email-case", Kind: KindAssumed, Source: "A65", Users: true,
			Sentence: "In a pool that ignores case, usernames and e-mail addresses are stored with their case.",
			Setup:    inPool(func(p *importjob.Pool) { p.CaseInsensitive = true }),
			check: func(e *env) {
				e.run(e.file(good("Ann").with("email", "Ann.Lee@Example.com")))
				u := e.user("ann")
				equal("the username", u.Username, "Ann")
				equal("the e-mail address", u.Attributes.Value("email"), "Ann.Lee@Example.com")
			}},
	}
}

// boundRules are about the parameters of password hashes: each at its bound and one above.
func boundRules() []Rule {
	const text = "N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"
	return []Rule{
		{Name: "hashes/bcrypt-versions", Kind: KindDocumented, Source: guide, Setup: hashPool(),
			Sentence: "A BCRYPT hash begins with $2a$, $2b$, $2x$ or $2y$.",
			check: func(e *env) {
				e.hashOutcomes(importjob.HashBCRYPT, "SSSSFFFF", "$2a$12$"+text, "$2b$12$"+text, "$2x$12$"+text, "$2y$12$"+text,
					"$2$12$"+text, "$2c$12$"+text, "$2A$12$"+text, "$1$12$"+text)
			}},
		{Name: "hashes/scrypt-bounds", Kind: KindDocumented, Source: guide, Setup: hashPool(),
			Sentence: "A SCRYPT hash has an N of at most 65536, an r of at most 8 and a p of at most 1.",
			check: func(e *env) {
				e.hashOutcomes(importjob.HashSCRYPT, "SFFF", "65536$8$1$00ff$00ff", "65537$8$1$00ff$00ff", "65536$9$1$00ff$00ff", "65536$8$2$00ff$00ff")
			}},
		{Name: "hashes/argon2id-bounds", Kind: KindDocumented, Source: guide, Setup: hashPool(),
			Sentence: "A row fails whose ARGON2ID hash has an m above 19456, a t above 2 or a p above 1.",
			check: func(e *env) {
				const head, tail = "$argon2id$v=19$", "$c2FsdHk$aGFzaA"
				e.hashOutcomes(importjob.HashARGON2ID, "FFFS", head+"m=19457,t=2,p=1"+tail, head+"m=19456,t=3,p=1"+tail, head+"m=19456,t=2,p=2"+tail, "")
			}},
		{Name: "hashes/pbkdf2-bounds", Kind: KindDocumented, Source: guide, Setup: hashPool(),
			Sentence: "A PBKDF2_SHA256 hash has at most 600000 iterations, and is of no other hash function.",
			check: func(e *env) {
				e.hashOutcomes(importjob.HashPBKDF2SHA256, "SFF", "$pbkdf2-sha256$600000$c2FsdA$aGFzaA", "$pbkdf2-sha256$600001$c2FsdA$aGFzaA", "$pbkdf2-sha512$600000$c2FsdA$aGFzaA")
			}},
	}
}
