package live_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cognito-import/importjob"
)

// bcrypt is a hash of the form that the guide describes.
const bcrypt = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"

// hashProbes ask about password hashes.
func hashProbes() []probe {
	taken := both(func(p importjob.Pool) bool { return p.PasswordHashes }, "the pool takes no password hashes")
	return []probe{
		{number: "A26", name: "hashes-not-taken", kind: func(p importjob.Pool) string {
			if p.PasswordHashes {
				return "the pool takes password hashes"
			}
			return ""
		}, ask: func(l *lab) answer {
			_, err := l.create(l.role, importjob.HashBCRYPT)
			return whether(errors.Is(err, importjob.ErrInvalidParameter), "Create with BCRYPT: %s", fault(err))
		}},
		{number: "A14", name: "hash-column", kind: taken, ask: func(l *lab) answer {
			return whether(l.header[len(l.header)-1] == importjob.ColumnPasswordHash, "the last columns are %v", l.header[len(l.header)-3:])
		}},
		{number: "A14", name: "hashes-ignored", kind: taken, ask: func(l *lab) answer {
			a := l.good("a").with(importjob.ColumnPasswordHash, bcrypt)
			e := l.imported(l.file(a, l.good("b").with(importjob.ColumnPasswordHash, "no hash"), l.good("c")))
			if !e.counts(3, 0, 0) {
				return answer{verdict: doesNotHold, text: e.String()}
			}
			user := must(l.stored(a))
			return whether(user.Status == "RESET_REQUIRED", "a job without an algorithm: %v; the user is %s", e, user.Status)
		}},
		{number: "A14", name: "hash-column-left-out", kind: taken, ask: func(l *lab) answer {
			e := l.imported(l.without(importjob.ColumnPasswordHash, l.good("a")))
			return whether(e.counts(1, 0, 0), "a job without an algorithm: %v", e)
		}},
		{number: "A14", name: "bcrypt-forms", kind: taken, ask: askHashes(importjob.HashBCRYPT,
			bcrypt, strings.Replace(bcrypt, "2b", "2a", 1), strings.Replace(bcrypt, "2b", "2y", 1), strings.Replace(bcrypt, "2b", "2x", 1),
			strings.Replace(bcrypt, "10", "12", 1), strings.Replace(bcrypt, "10", "13", 1), strings.Replace(bcrypt, "10", "04", 1), "")},
		{number: "A14", name: "scrypt-forms", kind: taken, ask: askHashes(importjob.HashSCRYPT,
			"16384$8$1$"+hexSalt+"$"+hexHash, "16384$8$1$"+strings.ToUpper(hexSalt)+"$"+strings.ToUpper(hexHash), "131072$8$1$"+hexSalt+"$"+hexHash)},
		{number: "A14", name: "pbkdf2-alphabets", kind: taken, ask: askHashes(importjob.HashPBKDF2SHA256, inAlphabets("$pbkdf2-sha256$29000$%s$%s")...)},
		{number: "A14, A49", name: "argon2id-alphabets", kind: taken, ask: askHashes(importjob.HashARGON2ID, inAlphabets(`$argon2id$v=19$m=19456\,t=2\,p=1$%s$%s`)...)},
	}
}

// A salt of 16 bytes and a hash of 32 bytes, in hexadecimal.
const (
	hexSalt = "fbefbefbefbe000102030405060708ff"
	hexHash = "fbefbefbefbe000102030405060708090a0b0c0d0e0f101112131415161718ff"
)

// inAlphabets returns a hash with its salt and value in base64: the standard alphabet without and with padding, the
// alphabet of passlib with a dot for the plus sign, and the alphabet for URLs.
func inAlphabets(form string) []string {
	const salt, hash = "++++++++AAECAwQFBgcI/w", "++++++++AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGP8"
	dots, urls := strings.NewReplacer("+", "."), strings.NewReplacer("+", "-", "/", "_")
	return []string{
		fmt.Sprintf(form, salt, hash),
		fmt.Sprintf(form, salt+"==", hash+"="),
		fmt.Sprintf(form, dots.Replace(salt), dots.Replace(hash)),
		fmt.Sprintf(form, urls.Replace(salt), urls.Replace(hash)),
	}
}

// askHashes returns a probe that imports users with these hashes, escaped as in a file, and compares the outcomes
// with those that importjob.Check predicts.
func askHashes(algorithm importjob.PasswordHashingAlgorithm, hashes ...string) func(*lab) answer {
	return func(l *lab) answer {
		var rows []row
		for i, hash := range hashes {
			rows = append(rows, l.good(fmt.Sprint(i)).with(importjob.ColumnPasswordHash, hash))
		}
		file := l.file(rows...)
		job, err := l.create(l.role, algorithm)
		if err != nil {
			return answer{verdict: doesNotHold, text: "Create: " + fault(err)}
		}
		l.upload(job, file)
		e := l.ran(job)
		if len(e.rows) != len(rows) {
			return answer{verdict: doesNotHold, text: e.String()}
		}
		want := predicted(l.ctx, l.settled, file, algorithm)
		same := true
		var texts []string
		for i, r := range e.rows {
			same = same && r.Status == want.outcomes[i+2]
			texts = append(texts, fmt.Sprintf("%.45q %s", hashes[i], r.Status))
		}
		return whether(same, "%s", strings.Join(texts, "; "))
	}
}
