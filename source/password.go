package source

import (
	"strconv"

	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/pwhash"
	"github.com/cognito-import/importjob/source/transform"
)

// passwordPlan makes the password hash of a user.
type passwordPlan struct {
	kind     PasswordKind
	from     []int // by kind
	peppered bool
}

// maxParts is the largest number of parts of a password.
const maxParts = 4

// parts returns the parts of the password, by kind.
func (p *passwordPlan) parts(values []format.Value, clean *transform.Chain) (parts [maxParts]string, err error) {
	if p.kind == PasswordHash {
		parts[0], err = firstValue(p.from, values, clean)
		return parts, err
	}
	for n, i := range p.from {
		if parts[n], err = firstValue([]int{i}, values, clean); err != nil {
			return parts, err
		}
	}
	return parts, nil
}

// convert converts the parts of a password.
func (p *passwordPlan) convert(c pwhash.Converter, parts [maxParts]string) (pwhash.Hash, error) {
	if parts == [maxParts]string{} {
		return pwhash.Hash{Scheme: pwhash.NoPassword}, nil
	}
	c.Peppered = c.Peppered || p.peppered
	switch p.kind {
	case PasswordHash:
		return c.Convert(parts[0])
	case PasswordKeycloak:
		if len(p.from) == 1 {
			return c.KeycloakCredential(parts[0])
		}
		return c.Keycloak(parts[0], parts[1])
	case PasswordSplitBcrypt:
		cost, err := strconv.Atoi(parts[0])
		if err != nil {
			return pwhash.Hash{}, &pwhash.Error{Cause: pwhash.Cause{Scheme: pwhash.Bcrypt, Reason: pwhash.Malformed}}
		}
		return c.SplitBcrypt(cost, parts[1], parts[2])
	case PasswordFusionAuth:
		factor, _ := strconv.Atoi(parts[1]) // 0 for a scheme without one; those that need it refuse 0
		return c.FusionAuth(parts[0], factor, parts[2], parts[3])
	case PasswordClerk:
		return c.Clerk(parts[0], parts[1])
	case PasswordFirebase:
		return c.Firebase(parts[0])
	}
	return pwhash.Hash{Scheme: pwhash.NoPassword}, nil
}

// setPassword finds the password hash of the user in the second file, or else in the record.
func (s *Source) setPassword(values []format.Value) error {
	s.row.Values[s.hashColumn] = ""
	if !s.passwords {
		return nil
	}
	p, label := &s.plan.password, s.passwordLabel
	var parts [maxParts]string
	var err error
	joined := false
	if s.join != nil {
		if parts, joined, err = s.join.next(s.records, s.plan.keyOf(values)); err != nil {
			return err
		}
	}
	if joined {
		p, label = &s.join.password, s.join.label
	} else if parts, err = p.parts(values, &s.plan.clean); err != nil {
		s.row.add(transformFinding(err, label, "password"))
		return nil
	}
	hash, err := p.convert(s.options.Converter, parts)
	s.row.Hash, s.row.Lost = hash, err
	switch {
	case err == nil:
		s.row.Values[s.hashColumn] = hash.Value
	case s.options.UnusableHash == RejectUnusable:
		s.row.add(passwordFinding(err, label))
	}
	return nil
}
