package backendtest_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// clerk is a Directory that tells lies about pools. A hook that is nil tells the truth.
type clerk struct {
	userpool.Directory
	create func(ctx context.Context, p userpool.Pool) (userpool.Pool, error)
	update func(ctx context.Context, p userpool.Pool) error
	pools  func(ctx context.Context, page importjob.Page) ([]userpool.Pool, string, error)
}

func (c *clerk) CreatePool(ctx context.Context, p userpool.Pool) (userpool.Pool, error) {
	if c.create != nil {
		return c.create(ctx, p)
	}
	return c.Directory.CreatePool(ctx, p)
}

func (c *clerk) UpdatePool(ctx context.Context, p userpool.Pool) error {
	if c.update != nil {
		return c.update(ctx, p)
	}
	return c.Directory.UpdatePool(ctx, p)
}

func (c *clerk) Pools(ctx context.Context, page importjob.Page) ([]userpool.Pool, string, error) {
	if c.pools != nil {
		return c.pools(ctx, page)
	}
	return c.Directory.Pools(ctx, page)
}

// asks is a lie of a clerk.
func asks(lie func(c *clerk)) func(*liar) {
	return func(l *liar) {
		c := &clerk{Directory: l.Directory}
		lie(c)
		l.Directory = c
	}
}

// creates is the lie that a new pool gets other settings than those asked for.
func creates(change func(p *importjob.Pool)) func(*liar) {
	return asks(func(c *clerk) {
		c.create = func(ctx context.Context, p userpool.Pool) (userpool.Pool, error) {
			p = p.Clone()
			change(&p.Pool)
			return c.Directory.CreatePool(ctx, p)
		}
	})
}

// created is a lie about new pools as CreatePool returns them.
func created(change func(p *userpool.Pool)) func(*liar) {
	return asks(func(c *clerk) {
		c.create = func(ctx context.Context, p userpool.Pool) (userpool.Pool, error) {
			made, err := c.Directory.CreatePool(ctx, p)
			if err == nil {
				change(&made)
			}
			return made, err
		}
	})
}

// defaults is the lie that an attribute of a pool without a schema is another one.
func defaults(name string, change func(a *importjob.SchemaAttribute)) func(*liar) {
	return creates(func(p *importjob.Pool) {
		if p.Schema == nil {
			p.Schema = importjob.ClassicSchema()
			change(&p.Schema[slices.IndexFunc(p.Schema, func(a importjob.SchemaAttribute) bool { return a.Name == name })])
		}
	})
}

// mendsSchema is the lie that a new pool may have a bad schema: each attribute is mended or, if keep is false, left out.
func mendsSchema(mend func(i int, a *importjob.SchemaAttribute) (keep bool)) func(*liar) {
	return creates(func(p *importjob.Pool) {
		var mended importjob.Schema
		for i, a := range p.Schema {
			if mend(i, &a) {
				mended = append(mended, a)
			}
		}
		p.Schema = mended
	})
}

func schemaMutants() []mutant {
	return []mutant{
		{lie: "names have a character at least", kills: "pool/default-schema", tell: defaults("name", func(a *importjob.SchemaAttribute) { a.MinLength = "1" })},
		{lie: "an address is long", kills: "pool/default-schema", tell: defaults("address", func(a *importjob.SchemaAttribute) { a.MaxLength = "4096" })},
		{lie: "email_verified is a String", kills: "pool/default-schema", tell: defaults("email_verified", func(a *importjob.SchemaAttribute) { a.Type = "String" })},
		{lie: "updated_at may be negative in a new pool", kills: "pool/default-schema", tell: defaults("updated_at", func(a *importjob.SchemaAttribute) { a.MinValue = "" })},
		{lie: "an e-mail address is required in a new pool", kills: "pool/default-schema", tell: defaults("email", func(a *importjob.SchemaAttribute) { a.Required = true })},
		{lie: "a phone number cannot be changed", kills: "pool/default-schema", tell: defaults("phone_number", func(a *importjob.SchemaAttribute) { a.Mutable = false })},
		{lie: "a picture is for developers", kills: "pool/default-schema", tell: defaults("picture", func(a *importjob.SchemaAttribute) { a.DeveloperOnlyAttribute = true })},
		{lie: "a new pool has a custom attribute", kills: "pool/default-schema", tell: creates(func(p *importjob.Pool) {
			if p.Schema == nil {
				p.Schema = importjob.ClassicSchema().With(importjob.CustomAttribute("tenant", importjob.TypeString))
			}
		})},
		{lie: "a sub can be changed", kills: "pool/default-sub", tell: defaults("sub", func(a *importjob.SchemaAttribute) { a.Mutable = true })},
		{lie: "a sub is not required", kills: "pool/default-sub", tell: defaults("sub", func(a *importjob.SchemaAttribute) { a.Required = false })},
		{lie: "a sub may be empty", kills: "pool/default-sub", tell: defaults("sub", func(a *importjob.SchemaAttribute) { a.MinLength = "0" })},
		{lie: "a birthdate has any length", kills: "pool/default-birthdate", tell: defaults("birthdate", func(a *importjob.SchemaAttribute) { a.MinLength, a.MaxLength = "0", "2048" })},
		{lie: "custom attributes over 50 are left out", kills: "pool/custom-limit", tell: mendsSchema(func(i int, _ *importjob.SchemaAttribute) bool { return i < 70 })},
		{lie: "an update leaves out custom attributes over 50", kills: "pool/custom-limit-later", tell: asks(func(c *clerk) {
			c.update = func(ctx context.Context, p userpool.Pool) error {
				p.Schema = p.Schema[:min(len(p.Schema), 70)]
				return c.Directory.UpdatePool(ctx, p)
			}
		})},
		{lie: "names of custom attributes are cut", kills: "pool/custom-name", tell: mendsSchema(func(_ int, a *importjob.SchemaAttribute) bool {
			if prefix, name, ok := strings.Cut(a.Name, "custom:"); ok {
				a.Name = prefix + "custom:" + name[:min(len(name), 20)]
			}
			return true
		})},
		{lie: "a custom attribute may have no name", kills: "pool/custom-name", tell: mendsSchema(func(_ int, a *importjob.SchemaAttribute) bool {
			if strings.HasSuffix(a.Name, ":") {
				a.Name += "x"
			}
			return true
		})},
		{lie: "a custom attribute is never required, whatever is asked for", kills: "pool/custom-never-required", tell: mendsSchema(func(_ int, a *importjob.SchemaAttribute) bool {
			a.Required = a.Required && !isCustom(a.Name)
			return true
		})},
		{lie: "attributes for developers have one prefix", kills: "pool/custom-prefix", tell: func(l *liar) {
			l.onPool = func(p *importjob.Pool) {
				for i := range p.Schema {
					p.Schema[i].Name = strings.TrimPrefix(p.Schema[i].Name, "dev:")
				}
			}
		}},
		{lie: "attributes for developers are for all", kills: "pool/custom-prefix", tell: func(l *liar) {
			l.onPool = func(p *importjob.Pool) {
				for i := range p.Schema {
					p.Schema[i].DeveloperOnlyAttribute = false
				}
			}
		}},
		{lie: "an unknown attribute is left out", kills: "pool/no-other-attribute", tell: mendsSchema(func(_ int, a *importjob.SchemaAttribute) bool {
			return strings.Contains(a.Name, "custom:") || slices.ContainsFunc(importjob.Schema2025(), func(s importjob.SchemaAttribute) bool { return s.Name == a.Name })
		})},
		{lie: "attributes for developers are no columns", kills: "header/developers", tell: header(func(h []string) []string {
			return slices.DeleteFunc(h, func(c string) bool { return strings.HasPrefix(c, "dev:") })
		})},
	}
}

func settingMutants() []mutant {
	keep := func(list []string, allowed ...string) []string {
		return slices.DeleteFunc(list, func(v string) bool { return !slices.Contains(allowed, v) })
	}
	return []mutant{
		{lie: "a new pool ignores case", kills: "directory/case-by-default", tell: creates(func(p *importjob.Pool) { p.CaseInsensitive = p.Schema == nil })},
		{lie: "a new pool has optional MFA", kills: "directory/mfa-by-default", tell: func(l *liar) {
			l.onPool = func(p *importjob.Pool) {
				if p.Name == "fresh" && p.AutoVerifiedAttributes == nil {
					p.MFA = importjob.MFAOptional
				}
			}
		}},
		{lie: "unknown attributes to verify are left out", kills: "directory/settings", tell: creates(func(p *importjob.Pool) {
			p.AutoVerifiedAttributes = keep(p.AutoVerifiedAttributes, "email", "phone_number")
		})},
		{lie: "users may sign in with a preferred username instead of a username", kills: "directory/settings", tell: creates(func(p *importjob.Pool) {
			p.UsernameAttributes = keep(p.UsernameAttributes, "email", "phone_number")
		})},
		{lie: "unknown aliases are left out", kills: "directory/settings", tell: creates(func(p *importjob.Pool) {
			p.AliasAttributes = keep(p.AliasAttributes, "email", "phone_number", "preferred_username")
		})},
		{lie: "MFA is set in any case", kills: "directory/settings", tell: creates(func(p *importjob.Pool) {
			p.MFA = importjob.MFA(strings.ToUpper(string(p.MFA)))
		})},
		{lie: "two pools get one ID", kills: "directory/pool-id", tell: asks(func(c *clerk) {
			made := 0
			var last userpool.Pool
			c.create = func(ctx context.Context, p userpool.Pool) (userpool.Pool, error) {
				if made++; made == 15 {
					return last, nil
				}
				var err error
				last, err = c.Directory.CreatePool(ctx, p)
				return last, err
			}
		})},
		{lie: "new pools are dated to the second", kills: "directory/pool-dates", tell: created(func(p *userpool.Pool) {
			p.CreationDate = p.CreationDate.Truncate(time.Second)
			p.LastModifiedDate = p.CreationDate
		})},
		{lie: "a new pool has no update date", kills: "directory/pool-dates", tell: created(func(p *userpool.Pool) { p.LastModifiedDate = time.Time{} })},
		{lie: "new pools are dated in local time", kills: "directory/pool-dates", tell: created(func(p *userpool.Pool) {
			p.CreationDate = p.CreationDate.In(time.FixedZone("here", 3600))
			p.LastModifiedDate = p.CreationDate
		})},
		{lie: "an update is a new creation", kills: "directory/pool-updated", tell: listsPools(func(p *userpool.Pool) { p.CreationDate = p.LastModifiedDate })},
		{lie: "an update leaves no date", kills: "directory/pool-updated", tell: listsPools(func(p *userpool.Pool) { p.LastModifiedDate = p.CreationDate })},
		{lie: "a page of pools may be of any size", kills: "directory/pool-pages", tell: asks(func(c *clerk) {
			c.pools = func(ctx context.Context, page importjob.Page) ([]userpool.Pool, string, error) {
				page.MaxResults = min(page.MaxResults, 60)
				return c.Directory.Pools(ctx, page)
			}
		})},
		{lie: "pages have five pools", kills: "directory/pool-pages", tell: asks(func(c *clerk) {
			c.pools = func(ctx context.Context, page importjob.Page) ([]userpool.Pool, string, error) {
				pools, next, err := c.Directory.Pools(ctx, page)
				return pools[:min(len(pools), 5)], next, err
			}
		})},
		{lie: "a change of an attribute is not refused", kills: "directory/attributes-stay", tell: asks(func(c *clerk) {
			c.update = func(ctx context.Context, p userpool.Pool) error {
				err := c.Directory.UpdatePool(ctx, p)
				if len(p.Schema) == 22 {
					return nil
				}
				return err
			}
		})},
	}
}

// listsPools is a lie about listed pools.
func listsPools(change func(p *userpool.Pool)) func(*liar) {
	return asks(func(c *clerk) {
		c.pools = func(ctx context.Context, page importjob.Page) ([]userpool.Pool, string, error) {
			pools, next, err := c.Directory.Pools(ctx, page)
			for i := range pools {
				change(&pools[i])
			}
			return pools, next, err
		}
	})
}
