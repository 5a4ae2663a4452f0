package pwhash_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source/pwhash"
)

func TestCensus(t *testing.T) {
	var c pwhash.Census
	assert.Equal(t, "0 keep their password", c.String())

	add := func(n int, stored string) {
		for range n {
			c.Add(pwhash.Converter{}.Convert(stored))
		}
	}
	add(1, "$2b$05$"+mcf)
	assert.Equal(t, "1 keeps their password", c.String())
	add(1, "")
	assert.Equal(t, "1 keeps their password, 1 has none", c.String())

	add(1199, "$2b$05$"+mcf)
	add(4, "$pbkdf2-sha256$1000$"+salt16+"$"+hash32)
	add(11, "!")
	add(3, "$pbkdf2-sha256$600001$"+salt16+"$"+hash32)
	add(2, "$pbkdf2-sha256$720000$"+salt16+"$"+hash32) // the same cause
	add(2, "$P$"+mcf[:31])
	add(2, "$2b$05$"+mcf[1:])
	add(1, "$2b$13$"+mcf)
	add(1, "hunter2")
	c.Add(pwhash.Hash{}, fmt.Errorf("line 7: %w", &pwhash.Error{Cause: pwhash.Cause{Scheme: pwhash.PHPass, Reason: pwhash.Unsupported}}))
	c.Add(pwhash.Hash{}, errors.New("another error"))

	assert.Equal(t, map[importjob.PasswordHashingAlgorithm]int{importjob.HashBCRYPT: 1200, importjob.HashPBKDF2SHA256: 4}, c.Kept)
	assert.Equal(t, 12, c.NoPassword)
	assert.Equal(t, "1,204 keep their password, 12 have none, 13 must reset it: 5 PBKDF2-SHA256 with more than 600,000 iterations, 3 phpass, "+
		"2 damaged bcrypt, 2 not recognized, 1 bcrypt with cost above 12", c.String())
}
