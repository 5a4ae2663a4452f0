package memory

import "github.com/cognito-import/importjob"

// SetVerify makes c call verify to check an imported hash.
func SetVerify(c *Cognito, verify func(hash, password string) bool) {
	c.account.verifyHash = func(_ importjob.PasswordHashingAlgorithm, hash, password string) (bool, error) {
		return verify(hash, password), nil
	}
}

// OnVerify makes c call f before it checks an imported hash.
func OnVerify(c *Cognito, f func()) {
	verify := c.account.verifyHash
	c.account.verifyHash = func(algorithm importjob.PasswordHashingAlgorithm, hash, password string) (bool, error) {
		f()
		return verify(algorithm, hash, password)
	}
}
