package backendtest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/userpool"
)

// defaultAttributes are the attributes of a new pool, apart from sub and birthdate.
var defaultAttributes = importjob.Schema{
	{Name: "name", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "given_name", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "family_name", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "middle_name", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "nickname", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "preferred_username", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "profile", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "picture", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "website", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "email", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "email_verified", Type: "Boolean", Mutable: true},
	{Name: "gender", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "zoneinfo", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "locale", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "phone_number", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "phone_number_verified", Type: "Boolean", Mutable: true},
	{Name: "address", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "updated_at", Type: "Number", Mutable: true, MinValue: "0"},
}

// newPool creates a pool with settings, and returns it as the Client tells it.
func (e *env) newPool(p importjob.Pool) importjob.Pool {
	created := must(e.Directory.CreatePool(e.ctx, userpool.Pool{Pool: p}))
	return must(e.Client.Pool(e.ctx, created.ID))
}

// refusesPool ends the check unless CreatePool refuses settings.
func (e *env) refusesPool(p importjob.Pool) {
	_, err := e.Directory.CreatePool(e.ctx, userpool.Pool{Pool: p})
	refused(err, importjob.ErrInvalidParameter)
}

// attribute returns the attribute with a name. The check fails if the schema lacks it.
func attribute(s importjob.Schema, name string) importjob.SchemaAttribute {
	i := slices.IndexFunc(s, func(a importjob.SchemaAttribute) bool { return a.Name == name })
	that(i >= 0, "the schema lacks %s", name)
	return s[i]
}

// customs returns a classic schema with n custom attributes.
func customs(n int) importjob.Schema {
	s := importjob.ClassicSchema()
	for i := range n {
		s = s.With(importjob.CustomAttribute(fmt.Sprintf("c%d", i), importjob.TypeString))
	}
	return s
}

// withAttribute returns settings with one more attribute.
func withAttribute(a importjob.SchemaAttribute) importjob.Pool {
	return importjob.Pool{Name: "fresh", Schema: importjob.ClassicSchema().With(a)}
}

func schemaRules() []Rule {
	return []Rule{
		{Name: "pool/default-schema", Kind: KindDocumented, Source: cliPool, Users: true,
			Sentence: "A new pool has the twenty standard attributes with the documented types, bounds and mutability. Only sub is required, and none is for developers only.",
			check: func(e *env) {
				schema := e.newPool(importjob.Pool{Name: "fresh"}).Schema
				for _, want := range defaultAttributes {
					equal("the attribute "+want.Name, attribute(schema, want.Name), want)
				}
				for _, a := range schema {
					known := slices.ContainsFunc(defaultAttributes, func(d importjob.SchemaAttribute) bool { return d.Name == a.Name })
					that(known || a.Name == "sub" || a.Name == "birthdate" || a.Name == "identities", "there is an attribute %s", a.Name)
				}
			}},
		{Name: "pool/default-sub", Kind: KindDocumented, Source: cliPool, Users: true,
			Sentence: "The attribute sub of a new pool is required and immutable, and has 1 to 2048 characters.",
			check: func(e *env) {
				want := importjob.SchemaAttribute{Name: "sub", Type: "String", Required: true, MinLength: "1", MaxLength: "2048"}
				equal("the attribute", attribute(e.newPool(importjob.Pool{Name: "fresh"}).Schema, "sub"), want)
			}},
		{Name: "pool/default-birthdate", Kind: KindDocumented, Source: shortBirthdate, Users: true,
			Sentence: "The attribute birthdate of a new pool has 10 characters, or, in pools of some months, 4 to 10.",
			check: func(e *env) {
				got := attribute(e.newPool(importjob.Pool{Name: "fresh"}).Schema, "birthdate")
				want := importjob.SchemaAttribute{Name: "birthdate", Type: "String", Mutable: true, MinLength: "10", MaxLength: "10"}
				if got.MinLength == "4" {
					want.MinLength = "4"
				}
				equal("the attribute", got, want)
			}},
		{Name: "pool/custom-limit", Kind: KindDocumented, Source: quotas, Users: true,
			Sentence: "A pool has at most 50 custom attributes.",
			check: func(e *env) {
				equal("the number of attributes", len(e.newPool(importjob.Pool{Name: "fresh", Schema: customs(50)}).Schema), 70)
				e.refusesPool(importjob.Pool{Name: "fresh", Schema: customs(51)})
			}},
		{Name: "pool/custom-limit-later", Kind: KindDocumented, Source: quotas, Users: true,
			Sentence: "An update cannot give a pool more than 50 custom attributes.",
			check: func(e *env) {
				p := e.newPool(importjob.Pool{Name: "fresh", Schema: customs(49)})
				p.Schema = customs(50)
				ok("UpdatePool", e.Directory.UpdatePool(e.ctx, userpool.Pool{Pool: p}))
				p.Schema = customs(51)
				refused(e.Directory.UpdatePool(e.ctx, userpool.Pool{Pool: p}), importjob.ErrInvalidParameter)
			}},
		{Name: "pool/custom-name", Kind: KindDocumented, Source: quotas, Users: true,
			Sentence: "The name of a custom attribute has 1 to 20 characters, without its prefix.",
			check: func(e *env) {
				for _, prefix := range []string{"custom:", "dev:custom:"} {
					e.newPool(withAttribute(importjob.CustomAttribute(prefix+strings.Repeat("n", 20), importjob.TypeString)))
					e.refusesPool(withAttribute(importjob.CustomAttribute(prefix+strings.Repeat("n", 21), importjob.TypeString)))
					e.refusesPool(withAttribute(importjob.SchemaAttribute{Name: prefix, Type: importjob.TypeString}))
				}
			}},
		{Name: "pool/custom-never-required", Kind: KindDocumented, Source: attributes, Users: true,
			Sentence: "A custom attribute cannot be required.",
			check: func(e *env) {
				a := importjob.CustomAttribute("role", importjob.TypeString)
				a.Required = true
				e.refusesPool(withAttribute(a))
			}},
		{Name: "pool/custom-prefix", Kind: KindDocumented, Source: api("SchemaAttributeType"), Users: true,
			Sentence: "The name of a custom attribute begins with custom:, and the name of one for developers only with dev:custom:.",
			check: func(e *env) {
				developers := importjob.SchemaAttribute{Name: "dev:custom:rank", Type: "String", Mutable: true, DeveloperOnlyAttribute: true}
				custom := importjob.SchemaAttribute{Name: "custom:role", Type: "Number", MinValue: "1", MaxValue: "9"}
				schema := e.newPool(importjob.Pool{Name: "fresh", Schema: importjob.ClassicSchema().With(developers, custom)}).Schema
				equal("the attribute for developers", attribute(schema, developers.Name), developers)
				equal("the custom attribute", attribute(schema, custom.Name), custom)
			}},
		{Name: "pool/no-other-attribute", Kind: KindContract, Source: "importjob.SchemaAttribute", Users: true,
			Sentence: "A schema has standard attributes, and attributes whose name begins with custom: or dev:custom:, and no others.",
			check: func(e *env) {
				for _, name := range []string{"shoe_size", "dev:rank", "Email", "cognito:username"} {
					e.refusesPool(withAttribute(importjob.SchemaAttribute{Name: name, Type: importjob.TypeString}))
				}
			}},
		{Name: "header/developers", Kind: KindAssumed, Source: "A28",
			Sentence: "An attribute for developers only is a column of the header.",
			Setup: inPool(func(p *importjob.Pool) {
				p.Schema = p.Schema.With(importjob.SchemaAttribute{Name: "dev:custom:rank", Type: "String", DeveloperOnlyAttribute: true})
			}),
			check: func(e *env) {
				e.headerIs(strings.Replace(classic, "updated_at,", "updated_at,dev:custom:rank,", 1))
			}},
	}
}

// settingRules are about the other settings of new pools.
func settingRules() []Rule {
	return []Rule{
		{Name: "directory/case-by-default", Kind: KindDocumented, Source: caseRules, Users: true,
			Sentence: "A new pool whose settings say nothing about case is case-sensitive.",
			check: func(e *env) {
				that(!e.newPool(importjob.Pool{Name: "fresh"}).CaseInsensitive, "the pool ignores case")
			}},
		{Name: "directory/mfa-by-default", Kind: KindDocumented, Source: api("CreateUserPool"), Users: true,
			Sentence: "A new pool whose settings say nothing about MFA has none.",
			check:    func(e *env) { equal("MFA", e.newPool(importjob.Pool{Name: "fresh"}).MFA, "OFF") }},
		{Name: "directory/settings", Kind: KindDocumented, Source: api("CreateUserPool"), Users: true,
			Sentence: "A pool verifies email and phone_number; users sign in with these, and as aliases with preferred_username too. Other values are refused.",
			check: func(e *env) {
				e.newPool(importjob.Pool{Name: "fresh", AutoVerifiedAttributes: []string{"phone_number", "email"}, UsernameAttributes: []string{"phone_number", "email"}})
				e.newPool(importjob.Pool{Name: "fresh", AliasAttributes: []string{"phone_number", "email", "preferred_username"}})
				e.refusesPool(importjob.Pool{Name: "fresh", AutoVerifiedAttributes: []string{"name"}})
				e.refusesPool(importjob.Pool{Name: "fresh", UsernameAttributes: []string{"preferred_username"}})
				e.refusesPool(importjob.Pool{Name: "fresh", AliasAttributes: []string{"nickname"}})
				e.refusesPool(importjob.Pool{Name: "fresh", MFA: "on"})
			}},
		{Name: "directory/pool-id", Kind: KindDocumented, Source: model, Users: true,
			Sentence: "The service gives each new pool an ID of its own: text, an underscore, and letters and digits.",
			check: func(e *env) {
				ids := map[string]bool{e.pool: true}
				for range 20 {
					id := must(e.Directory.CreatePool(e.ctx, userpool.Pool{Pool: importjob.Pool{Name: "fresh"}})).ID
					ok("the ID "+id, importjob.Pool{ID: id, Name: "fresh"}.Validate())
					that(!ids[id], "two pools have the ID %s", id)
					ids[id] = true
				}
			}},
		{Name: "directory/pool-dates", Kind: KindDocumented, Source: api("UserPoolType"), Users: true,
			Sentence: "The creation date and the update date of a new pool are the time of the CreatePool, in UTC and whole milliseconds.",
			check: func(e *env) {
				e.unevenly()
				before := backend.Date(e.Now())
				p := must(e.Directory.CreatePool(e.ctx, userpool.Pool{Pool: importjob.Pool{Name: "fresh"}}))
				equal("the creation date in UTC and milliseconds", p.CreationDate, backend.Date(p.CreationDate))
				that(!p.CreationDate.Before(before) && !p.CreationDate.After(e.Now()), "created at %v, but the clock said %v", p.CreationDate, before)
				equal("the update date", p.LastModifiedDate, p.CreationDate)
			}},
		{Name: "directory/pool-updated", Kind: KindDocumented, Source: api("UserPoolType"), Users: true, Advances: true,
			Sentence: "An update of a pool changes its update date to the time of the update, and keeps its creation date.",
			check: func(e *env) {
				before := at(e.pools(0), 0)
				e.Advance(time.Minute)
				ok("UpdatePool", e.Directory.UpdatePool(e.ctx, userpool.Pool{Pool: e.settings()}))
				after := at(e.pools(0), 0)
				equal("the creation date", after.CreationDate, before.CreationDate)
				that(after.LastModifiedDate.Sub(before.LastModifiedDate) >= time.Minute, "the update date went from %v to %v", before.LastModifiedDate, after.LastModifiedDate)
			}},
		{Name: "directory/pool-pages", Kind: KindDocumented, Source: api("ListUserPools"), Users: true,
			Sentence: "Pages of any size contain each pool once. No page holds more pools than the caller asks for, or more than 60.",
			check:    checkPoolPages},
		{Name: "directory/attributes-stay", Kind: KindDocumented, Source: attributes, Users: true,
			Sentence: "An update of a pool cannot change an attribute of its schema.",
			Setup:    inPool(withCustom),
			check: func(e *env) {
				before := e.settings()
				for _, change := range []func(*importjob.SchemaAttribute){
					func(a *importjob.SchemaAttribute) { a.Type = importjob.TypeBoolean },
					func(a *importjob.SchemaAttribute) { a.Mutable = false },
					func(a *importjob.SchemaAttribute) { a.MaxLength = "9" },
				} {
					p := before.Clone()
					change(&p.Schema[len(p.Schema)-2])
					refused(e.Directory.UpdatePool(e.ctx, userpool.Pool{Pool: p}), importjob.ErrInvalidParameter)
					samePool(e.settings(), before)
				}
			}},
	}
}

// pools lists all pools, with size pools in a page.
func (e *env) pools(size int) []userpool.Pool {
	return pages(func(token string) ([]userpool.Pool, string, error) {
		pools, next, err := e.Directory.Pools(e.ctx, importjob.Page{MaxResults: size, Token: token})
		that(size == 0 || len(pools) <= size, "a page of %d has %d pools", size, len(pools))
		return pools, next, err
	})
}

func checkPoolPages(e *env) {
	want := []string{e.pool}
	for range 5 {
		want = append(want, must(e.Directory.CreatePool(e.ctx, userpool.Pool{Pool: importjob.Pool{Name: "fresh"}})).ID)
	}
	for _, size := range []int{1, 4, 6, 60, 0} {
		var got []string
		for _, p := range e.pools(size) {
			got = append(got, p.ID)
		}
		slices.Sort(got)
		equalLists(fmt.Sprintf("the pools in pages of %d", size), got, slices.Sorted(slices.Values(want)))
	}
	_, _, err := e.Directory.Pools(e.ctx, importjob.Page{MaxResults: 61})
	refused(err, importjob.ErrInvalidParameter)
}
