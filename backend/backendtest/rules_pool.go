package backendtest

import (
	"slices"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// classic is the header in the service's sample.
const classic = "name,given_name,family_name,middle_name,nickname,preferred_username,profile,picture,website," +
	"email,email_verified,gender,birthdate,zoneinfo,locale,phone_number,phone_number_verified,address,updated_at," +
	"cognito:mfa_enabled,cognito:username"

// newer is the header of a pool with the newer schema. (A32)
const newer = "profile,address,birthdate,gender,preferred_username,updated_at,website,picture,phone_number," +
	"phone_number_verified,zoneinfo,locale,email,email_verified,given_name,family_name,middle_name,name,nickname," +
	"cognito:mfa_enabled,cognito:username"

// headerIs ends the check unless the first pool has this header.
func (e *env) headerIs(want string) {
	equal("the header", strings.Join(must(e.Client.CSVHeader(e.ctx, e.pool)), ","), want)
}

func headerRules() []Rule {
	return []Rule{
		{Name: "header/classic", Kind: KindDocumented, Source: cliHeader,
			Sentence: "The header of a pool with the classic schema has 21 columns in the order of the service's sample.",
			check:    func(e *env) { e.headerIs(classic) }},
		{Name: "header/newer", Kind: KindAssumed, Source: "A32",
			Sentence: "The header of a pool with the newer schema has the order of the schema, without sub and identities.",
			Setup:    inPool(func(p *importjob.Pool) { p.Schema = importjob.Schema2025() }),
			check:    func(e *env) { e.headerIs(newer) }},
		{Name: "header/custom", Kind: KindAssumed, Source: "A32",
			Sentence: "In a classic header, custom attributes come after updated_at, in the order of the schema.",
			Setup:    inPool(withCustom),
			check: func(e *env) {
				e.headerIs(strings.Replace(classic, "updated_at,", "updated_at,custom:role,custom:id,", 1))
			}},
		{Name: "header/custom-newer", Kind: KindAssumed, Source: "A32",
			Sentence: "In a newer header, custom attributes come before locale.",
			Setup: inPool(func(p *importjob.Pool) {
				p.Schema = importjob.Schema2025()
				withCustom(p)
			}),
			check: func(e *env) {
				e.headerIs(strings.Replace(newer, "locale,", "custom:role,custom:id,locale,", 1))
			}},
		{Name: "header/password-hash", Kind: KindDocumented, Source: guide,
			Sentence: "The header of a pool that takes password hashes has a column password_hash.",
			Setup:    inPool(func(p *importjob.Pool) { p.PasswordHashes = true }),
			check: func(e *env) {
				header := must(e.Client.CSVHeader(e.ctx, e.pool))
				that(slices.Contains(header, "password_hash"), "the header %v lacks it", header)
			}},
		{Name: "header/not-aliased", Kind: KindContract, Source: "importjob.Client",
			Sentence: "A caller that changes a returned header does not change later headers.",
			check: func(e *env) {
				header := must(e.Client.CSVHeader(e.ctx, e.pool))
				clear(header)
				e.headerIs(classic)
			}},
		{Name: "header/unknown-pool", Kind: KindDocumented, Source: api("GetCSVHeader"),
			Sentence: "CSVHeader of a pool that does not exist returns a ResourceNotFoundException.",
			check: func(e *env) {
				refused(e.tryHeader(unknownPool), importjob.ErrResourceNotFound)
				region, id, _ := strings.Cut(e.pool, "_")
				refused(e.tryHeader(region+"_"+otherCase(id)), importjob.ErrResourceNotFound)
			}},
	}
}

// withCustom adds two custom attributes to a pool.
func withCustom(p *importjob.Pool) {
	schema := importjob.ClassicSchema()
	if p.Schema != nil {
		schema = p.Schema
	}
	p.Schema = schema.With(importjob.CustomAttribute("role", importjob.TypeString), importjob.CustomAttribute("id", importjob.TypeNumber))
}

// oddPool gives a pool settings that differ from the defaults.
func oddPool(p *importjob.Pool) {
	withCustom(p)
	p.Schema = p.Schema.Require("email", "family_name")
	p.AutoVerifiedAttributes = []string{"email", "phone_number"}
	p.AliasAttributes = []string{"preferred_username"}
	p.MFA = importjob.MFAOptional
	p.CaseInsensitive = true
}

// samePool ends the check unless two pools have the same settings. Their IDs may differ.
func samePool(got, want importjob.Pool) {
	equal("the name", got.Name, want.Name)
	equal("MFA", got.MFA, want.MFA)
	equal("case sensitivity", got.CaseInsensitive, want.CaseInsensitive)
	equal("password hashes", got.PasswordHashes, want.PasswordHashes)
	equalLists("the auto-verified attributes", got.AutoVerifiedAttributes, want.AutoVerifiedAttributes)
	equalLists("the username attributes", got.UsernameAttributes, want.UsernameAttributes)
	equalLists("the alias attributes", got.AliasAttributes, want.AliasAttributes)
	equalLists("the schema", got.Schema, want.Schema)
}

func poolRules() []Rule {
	return []Rule{
		{Name: "pool/mirrors", Kind: KindDocumented, Source: api("DescribeUserPool"),
			Sentence: "Pool returns the settings with which the pool was created.",
			Setup:    inPool(oddPool),
			check: func(e *env) {
				got := must(e.Client.Pool(e.ctx, e.pool))
				equal("the ID", got.ID, e.pool)
				samePool(got, e.setup.Pools[0])
			}},
		{Name: "pool/mirrors-usernames", Kind: KindDocumented, Source: api("DescribeUserPool"),
			Sentence: "Pool returns the username attributes of the pool, and whether the pool takes password hashes.",
			Setup: inPool(func(p *importjob.Pool) {
				p.UsernameAttributes, p.PasswordHashes, p.MFA = []string{"phone_number", "email"}, true, importjob.MFAOn
			}),
			check: func(e *env) { samePool(must(e.Client.Pool(e.ctx, e.pool)), e.setup.Pools[0]) }},
		{Name: "pool/header-agrees", Kind: KindContract, Source: "importjob.Pool",
			Sentence: "CSVHeader returns the header of the settings that Pool returns.",
			Setup:    inPool(oddPool),
			check: func(e *env) {
				equalLists("the header", must(e.Client.Pool(e.ctx, e.pool)).Header(), must(e.Client.CSVHeader(e.ctx, e.pool)))
			}},
		{Name: "pool/not-aliased", Kind: KindContract, Source: "importjob.Client",
			Sentence: "A caller that changes a returned pool does not change later ones.",
			Setup:    inPool(oddPool),
			check: func(e *env) {
				p := must(e.Client.Pool(e.ctx, e.pool))
				clear(p.Schema)
				clear(p.AutoVerifiedAttributes)
				clear(p.AliasAttributes)
				samePool(must(e.Client.Pool(e.ctx, e.pool)), e.setup.Pools[0])
			}},
		{Name: "pool/unknown", Kind: KindDocumented, Source: api("DescribeUserPool"),
			Sentence: "For a pool that does not exist, every method returns a ResourceNotFoundException.",
			check: func(e *env) {
				for _, call := range e.calls(nowhere()) {
					if call.op != importjob.OpUpload {
						_, err := call.do(e.ctx)
						refused(err, importjob.ErrResourceNotFound)
					}
				}
			}},
		{Name: "pool/busy", Kind: KindDocumented, Source: api("UpdateUserPool"), Users: true,
			Sentence: "While a job runs in a pool, UpdatePool and DeletePool return a UserImportInProgressException.",
			Setup:    Setup{PendingFor: 10 * time.Second, RowsPerSecond: 1}, Advances: true,
			check: func(e *env) {
				job := e.started(e.file(goods(20)...))
				for _, status := range []importjob.Status{importjob.StatusPending, importjob.StatusInProgress} {
					equal("the status", e.describe(job).Status, status)
					refused(e.Directory.UpdatePool(e.ctx, userpool.Pool{Pool: e.settings()}), userpool.ErrUserImportInProgress)
					refused(e.Directory.DeletePool(e.ctx, e.pool), userpool.ErrUserImportInProgress)
					e.Advance(15 * time.Second)
				}
			}},
		{Name: "pool/idle", Kind: KindDocumented, Source: api("UpdateUserPool"), Users: true,
			Sentence: "A pool can be updated while its jobs are Created or have ended.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				e.uploaded(e.file(good("bob")))
				p := e.settings()
				p.Schema = p.Schema.With(importjob.CustomAttribute("late", importjob.TypeString))
				ok("UpdatePool", e.Directory.UpdatePool(e.ctx, userpool.Pool{Pool: p}))
				e.headerIs(strings.Replace(classic, "updated_at,", "updated_at,custom:late,", 1))
			}},
		{Name: "pool/deleted", Kind: KindDocumented, Source: api("DeleteUserPool"), Users: true,
			Sentence: "After a pool was deleted, the pool and its jobs do not exist.",
			check: func(e *env) {
				job := e.run(e.file(good("ann")))
				ok("DeletePool", e.Directory.DeletePool(e.ctx, e.pool))
				for _, call := range e.calls(job) {
					if call.op != importjob.OpUpload {
						_, err := call.do(e.ctx)
						refused(err, importjob.ErrResourceNotFound)
					}
				}
			}},
		{Name: "pool/made-again", Kind: KindDocumented, Source: api("DeleteUserPool"), Users: true,
			Sentence: "A new pool with the ID of a deleted pool has none of the old users, jobs and subs.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				sub := e.user("ann").Sub
				p := e.settings()
				ok("DeletePool", e.Directory.DeletePool(e.ctx, e.pool))
				must(e.Directory.CreatePool(e.ctx, userpool.Pool{Pool: p}))
				equal("the number of jobs", len(e.jobs(e.pool, 0)), 0)
				equal("the number of users", must(e.Directory.CountUsers(e.ctx, e.pool)), 0)
				equal("the outcome of the same file", e.outcomes(good("ann")), "S")
				that(e.user("ann").Sub != sub, "the new user has the sub of the old one")
			}},
	}
}

// settings returns the settings of the first pool.
func (e *env) settings() importjob.Pool { return must(e.Client.Pool(e.ctx, e.pool)) }
