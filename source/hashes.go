package source

import (
	"context"
	"errors"
	"hash/maphash"
	"io"
	"iter"
	"os"

	"github.com/cognito-import/importjob/internal/extsort"
	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/transform"
)

// ErrChanged is the error of [Source.Next] for an export that changed while it was read, with Options.Hashes.
var ErrChanged = errors.New("the export changed while it was read: begin again when it is complete")

// JoinCounts counts the records of the two files of a join.
type JoinCounts struct {
	Hashes     int `json:"hashes"`     // records of the second file with an id and a password
	Unreadable int `json:"unreadable"` // records of the second file that cannot be read
	Unused     int `json:"unused"`     // ids of the second file that no user of the export has
	Doubled    int `json:"doubled"`    // records of the second file that a later one with the same id replaces
	Users      int `json:"users"`      // users of the export whose password is in the second file
}

// hashJoin has the passwords of the second file, in the order of the users of the export. To bring them into it takes three external
// sorts: the passwords by id, the users by id, and the passwords by the number of their user.
type hashJoin struct {
	dir      string
	seed     maphash.Seed
	password passwordPlan
	label    string
	counts   JoinCounts
	ids      int // of the users of the export

	head  joined // the next password
	valid bool   // there is one
	err   error
	pull  func() (extsort.Record, error, bool)
	stop  func()
}

// Joined returns the counts of the join with the second file. All are 0 without Options.Hashes.
func (s *Source) Joined() JoinCounts {
	if s.join == nil {
		return JoinCounts{}
	}
	return s.join.counts
}

// bindKey binds the id by which the second file is joined.
func (p *plan) bindKey(m *Mapping) {
	p.key = keyPlan{from: p.id}
	if m.Hashes != nil && len(m.Hashes.Key.From) > 0 {
		p.key = keyPlan{from: p.bind(m.Hashes.Key.From), chain: transform.NewChain(m.Hashes.Key.Transforms...)}
	}
}

// keyOf returns the id by which the second file is joined, or "".
func (p *plan) keyOf(values []format.Value) string {
	text, err := firstValue(p.key.from, values, &p.clean)
	if err == nil {
		text, err = p.key.chain.Apply(text)
	}
	if err != nil {
		return ""
	}
	return text
}

// newHashJoin reads the second file and the ids of the export.
func newHashJoin(ctx context.Context, s *Source, paths []string) (_ *hashJoin, err error) {
	h := s.mapping.Hashes
	switch reason := onlyOnce(paths); {
	case h == nil:
		return nil, &OptionError{Option: "Hashes", Reason: "the mapping does not say how a second file is joined: add the key hashes to it"}
	case reason != "":
		return nil, &OptionError{Option: "Hashes", Reason: "the export is read twice, but " + reason}
	}
	j := &hashJoin{seed: maphash.MakeSeed(), label: joinPaths(h.Password.From, " or ")}
	if j.dir, err = os.MkdirTemp(s.options.TempDir, "importjob-hashes-"); err != nil {
		return nil, err
	}
	byID, users := j.sorter("passwords"), j.sorter("users")
	err = j.readHashes(s, h, byID)
	if err == nil && j.counts.Hashes == 0 {
		err = &OptionError{Option: "Hashes", Reason: "the second file has no password hash: each of its records needs an id (" + joinPaths(h.ID, " or ") + ") and a password (" + j.label + ")"}
	}
	if err == nil {
		err = j.readUsers(s, paths, users)
	}
	if err == nil {
		err = j.match(ctx, byID, users, s.options.OnMatch)
	}
	if err != nil {
		return nil, errors.Join(err, j.close())
	}
	return j, nil
}

func (j *hashJoin) sorter(name string) *extsort.Sorter {
	return &extsort.Sorter{Dir: j.dir, Name: name}
}

// maxPart limits the length of an id and of a part of a password in the second file. No import job takes a longer hash.
const maxPart = 8 << 10

// readHashes sorts the passwords of the second file by the hash of their id.
func (j *hashJoin) readHashes(s *Source, h *Hashes, byID *extsort.Sorter) error {
	in := h.Input
	opts := (&Options{Format: &format.Options{MaxBytes: s.options.Format.MaxBytes, OnRead: s.options.Format.OnRead}}).formatOptions(in, nil)
	r, err := format.Open([]string{s.options.Hashes}, opts)
	if err != nil {
		return err
	}
	p := plan{clean: (&Mapping{NullWords: s.mapping.NullWords}).Clean("")}
	id := p.bind(h.ID)
	j.password = passwordPlan{kind: h.Password.Kind, from: p.bind(h.Password.From), peppered: h.Password.Peppered}
	err = r.Bind(p.paths, &format.BindOptions{Records: in.Records, Where: in.Where})
	for n := 0; err == nil; n++ {
		var record format.Record
		if record, err = r.Next(); err == nil {
			err = j.addHash(byID, &p, id, n, record.Values)
			continue
		}
		var rejected *format.RecordError
		if errors.As(err, &rejected) {
			j.counts.Unreadable++
			err = nil
		}
	}
	if err == io.EOF {
		err = nil
	}
	return errors.Join(err, r.Close())
}

func (j *hashJoin) addHash(byID *extsort.Sorter, p *plan, at []int, n int, values []format.Value) error {
	id, err := firstValue(at, values, &p.clean)
	if err != nil || id == "" {
		j.counts.Unreadable++
		return nil
	}
	parts, err := j.password.parts(values, &p.clean)
	if err != nil || len(id) > maxPart {
		j.counts.Unreadable++
		return nil
	}
	j.counts.Hashes++
	return byID.Add(j.sum(id), appendJoined(nil, n, id, parts))
}

func (j *hashJoin) sum(id string) uint64 { return maphash.String(j.seed, id) }

// readUsers sorts the numbers of the users of the export by the hash of their id.
func (j *hashJoin) readUsers(s *Source, paths []string, users *extsort.Sorter) error {
	r, err := format.Open(paths, s.options.formatOptions(s.input(), nil))
	if err != nil {
		return err
	}
	p := plan{clean: s.plan.clean}
	for _, i := range s.plan.key.from {
		p.key.from = append(p.key.from, p.bindOne(s.plan.paths[i]))
	}
	p.key.chain = s.plan.key.chain
	err = r.Bind(p.paths, s.bindOptions())
	for n := 0; err == nil; {
		var record format.Record
		if record, err = r.Next(); err == nil {
			if id := p.keyOf(record.Values); id != "" && len(id) <= maxPart {
				j.ids++
				err = users.Add(j.sum(id), appendJoined(nil, n, id, [maxParts]string{}))
			}
			n++
			continue
		}
		var rejected *format.RecordError
		if errors.As(err, &rejected) {
			err = nil
		}
	}
	if err == io.EOF {
		err = nil
	}
	return errors.Join(err, r.Close())
}

// keysPerCheck is how many keys are matched between two checks of the context, which are calls of Options.OnMatch, too.
const keysPerCheck = 4096

// match brings the passwords into the order of the users.
func (j *hashJoin) match(ctx context.Context, byID, users *extsort.Sorter, onMatch func(done, all int)) error {
	all := j.counts.Hashes + j.ids
	byUser := j.sorter("joined")
	next, stop := iter.Pull2(byID.All())
	defer stop()
	passwords := groupReader{pull: next}
	if err := passwords.advance(); err != nil {
		return err
	}
	owners := groupReader{}
	nextUser, stopUsers := iter.Pull2(users.All())
	defer stopUsers()
	owners.pull = nextUser
	if err := owners.advance(); err != nil {
		return err
	}
	for n := 0; passwords.key != nil; n++ {
		if n%keysPerCheck == 0 {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if onMatch != nil {
				onMatch(passwords.read+owners.read, all)
			}
		}
		var err error
		switch {
		case owners.key == nil || *passwords.key < *owners.key:
			j.counts.Unused += len(j.last(passwords.all))
			err = passwords.advance()
		case *owners.key < *passwords.key:
			err = owners.advance()
		default:
			if err = j.give(j.last(passwords.all), owners.all, byUser); err == nil {
				err = errors.Join(passwords.advance(), owners.advance())
			}
		}
		if err != nil {
			return err
		}
	}
	j.pull, j.stop = iter.Pull2(byUser.All())
	return j.advance()
}

// last returns the last password of each id. The passwords have the order of their ids, then of the file.
func (j *hashJoin) last(all []joined) []joined {
	var last []joined
	for i, p := range all {
		if i+1 < len(all) && all[i+1].id == p.id {
			j.counts.Doubled++
			continue
		}
		last = append(last, p)
	}
	return last
}

// give adds the password of each user. All ids have the same hash, and nearly always are the same.
func (j *hashJoin) give(passwords, users []joined, byUser *extsort.Sorter) error {
	for _, p := range passwords {
		used := false
		for _, u := range users {
			if u.id != p.id {
				continue
			}
			used = true
			if err := byUser.Add(uint64(u.user), appendJoined(nil, u.user, p.id, p.parts)); err != nil {
				return err
			}
		}
		if !used {
			j.counts.Unused++
		}
	}
	return nil
}

// next returns the password of a user, whose number must be larger than that of the call before.
func (j *hashJoin) next(user int, id string) (parts [maxParts]string, ok bool, err error) {
	switch {
	case j.err != nil:
		return parts, false, j.err
	case !j.valid || j.head.user > user:
		return parts, false, nil
	case j.head.user < user || j.head.id != id:
		return parts, false, ErrChanged
	}
	parts = j.head.parts
	j.counts.Users++
	return parts, true, j.advance()
}

func (j *hashJoin) advance() error {
	record, err, ok := j.pull()
	j.valid, j.err = ok && err == nil, err
	if j.valid {
		j.head = readJoined(record.Payload)
	}
	return err
}

func (j *hashJoin) close() error {
	if j.stop != nil {
		j.stop()
	}
	return os.RemoveAll(j.dir)
}
