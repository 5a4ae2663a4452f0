package backendtest

import (
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// bcrypt is a hash of the form that the guide describes.
const bcrypt = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"

func hashPool() Setup {
	return inPool(func(p *importjob.Pool) { p.PasswordHashes = true })
}

// runHashed runs a job with a password hashing algorithm.
func (e *env) runHashed(algorithm importjob.PasswordHashingAlgorithm, file string) importjob.UserImportJob {
	in := e.input()
	in.PasswordHashingAlgorithm = algorithm
	job := must(e.Client.Create(e.ctx, in))
	e.upload(job, file)
	return e.finish(e.start(job))
}

// hashed returns good rows with these hashes, escaped as a file needs them.
func hashed(hashes ...string) []user {
	rows := goods(len(hashes))
	for i, hash := range hashes {
		rows[i] = rows[i].with("password_hash", strings.ReplaceAll(hash, ",", `\,`))
	}
	return rows
}

// hashOutcomes ends the check unless rows with these hashes have the outcomes want.
func (e *env) hashOutcomes(algorithm importjob.PasswordHashingAlgorithm, want string, hashes ...string) {
	equal("the outcomes", letters(e.results(e.runHashed(algorithm, e.file(hashed(hashes...)...)))), want)
}

func hashRules() []Rule {
	return []Rule{
		{Name: "hashes/confirmed", Kind: KindDocumented, Source: guide, Setup: hashPool(), Users: true,
			Sentence: "A user who is imported with a password hash is CONFIRMED.",
			check: func(e *env) {
				job := e.runHashed(importjob.HashBCRYPT, e.file(hashed(bcrypt)...))
				equal("the status of the job", job.Status, importjob.StatusSucceeded)
				equal("its algorithm", job.PasswordHashingAlgorithm, importjob.HashBCRYPT)
				equal("the status of the user", e.user("user0000").Status, userpool.StatusConfirmed)
			}},
		{Name: "hashes/empty", Kind: KindDocumented, Source: guide, Setup: hashPool(), Users: true,
			Sentence: "A user without a hash in a job with an algorithm is imported as RESET_REQUIRED.",
			check: func(e *env) {
				e.hashOutcomes(importjob.HashBCRYPT, "SS", "", bcrypt)
				equal("the status of the user", e.user("user0000").Status, userpool.StatusResetRequired)
			}},
		{Name: "hashes/malformed", Kind: KindDocumented, Source: guide, Setup: hashPool(), Users: true,
			Sentence: "A row whose hash is not of the job's algorithm fails, and creates no user.",
			check: func(e *env) {
				e.hashOutcomes(importjob.HashBCRYPT, "SFFF", bcrypt, "secret", bcrypt[:59], "65536$8$1$00ff$00ff")
				e.noUser("user0001")
			}},
		{Name: "hashes/bounds", Kind: KindDocumented, Source: guide, Setup: hashPool(),
			Sentence: "A row whose hash exceeds the bounds of its algorithm fails.",
			check: func(e *env) {
				e.hashOutcomes(importjob.HashBCRYPT, "SF", strings.Replace(bcrypt, "10", "12", 1), strings.Replace(bcrypt, "10", "13", 1))
			}},
		{Name: "hashes/algorithms", Kind: KindDocumented, Source: guide, Setup: hashPool(),
			Sentence: "Each algorithm has its own form of hashes and its own bounds.",
			check: func(e *env) {
				e.hashOutcomes(importjob.HashSCRYPT, "SFF", "65536$8$1$00ff$00ff", "131072$8$1$00ff$00ff", bcrypt)
				e.hashOutcomes(importjob.HashPBKDF2SHA256, "FSF", bcrypt, "$pbkdf2-sha256$600000$c2FsdA$aGFzaA", "$pbkdf2-sha256$600001$c2FsdA$aGFzaA")
			}},
		{Name: "hashes/escaped-commas", Kind: KindAssumed, Source: "A49", Setup: hashPool(),
			Sentence: "The commas in an ARGON2ID hash are escaped, like those in any other value.",
			check: func(e *env) {
				e.hashOutcomes(importjob.HashARGON2ID, "SF", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA", "$argon2id$v=19$m=19457,t=2,p=1$c2FsdA$aGFzaA")
			}},
		{Name: "hashes/no-column", Kind: KindDocumented, Source: guide, Setup: hashPool(),
			Sentence: "A job with an algorithm whose file has no column password_hash fails as a whole.",
			check: func(e *env) {
				header := without(e.setup.Pools[0].Header(), "password_hash")
				e.fails(e.runHashed(importjob.HashBCRYPT, csv(header, goods(3)...)))
			}},
		{Name: "hashes/not-needed", Kind: KindAssumed, Source: "A14", Setup: hashPool(), Users: true,
			Sentence: "A job without an algorithm needs no column password_hash. Its users have no password.",
			check: func(e *env) {
				header := without(e.setup.Pools[0].Header(), "password_hash")
				equal("the outcomes", e.fileOutcomes(csv(header, good("ann"))), "S")
				equal("the status of the user", e.user("ann").Status, userpool.StatusResetRequired)
			}},
		{Name: "hashes/ignored", Kind: KindAssumed, Source: "A14", Setup: hashPool(), Users: true,
			Sentence: "A job without an algorithm ignores the column password_hash: no row fails because of its hash, and its users have no password.",
			check: func(e *env) {
				e.hashOutcomes("", "SSSSS", bcrypt, "secret", "65536$8$1$00ff$00ff", "$argon2id$v=19$m=19457,t=2,p=1$c2FsdA$aGFzaA", "")
				for _, u := range e.users() {
					equal("the status of the user", u.Status, userpool.StatusResetRequired)
					that(u.Attributes.Value("password_hash") == "", "the hash is an attribute")
					sameUser(e.user(u.Username), u)
				}
			}},
		{Name: "hashes/not-stored", Kind: KindAssumed, Source: "A48", Setup: hashPool(), Users: true,
			Sentence: "A password hash does not become an attribute of the user.",
			check: func(e *env) {
				e.runHashed(importjob.HashBCRYPT, e.file(hashed(bcrypt)...))
				for name, value := range e.user("user0000").Attributes.All() {
					that(name != "password_hash" && value != bcrypt, "the hash is the attribute %s", name)
				}
			}},
	}
}
