package source

import (
	"encoding/binary"
	"fmt"

	"github.com/cognito-import/importjob/internal/extsort"
)

// joined is a password of the second file.
type joined struct {
	user  int // the number of the record in the export, from 0
	id    string
	parts [maxParts]string
}

// String has no password.
func (j joined) String() string { return fmt.Sprintf("password of user %d", j.user) }

// groupReader reads sorted records, all of one key at once.
type groupReader struct {
	pull   func() (extsort.Record, error, bool)
	ahead  *joined // of the next key
	aheadK uint64
	key    *uint64 // nil at the end
	all    []joined
	read   int // records
}

func (g *groupReader) advance() error {
	g.key, g.all = nil, nil
	for {
		if g.ahead != nil {
			if g.key != nil && *g.key != g.aheadK {
				return nil
			}
			key := g.aheadK
			g.key, g.all, g.ahead = &key, append(g.all, *g.ahead), nil
		}
		record, err, ok := g.pull()
		if !ok || err != nil {
			return err
		}
		g.read++
		p := readJoined(record.Payload)
		g.ahead, g.aheadK = &p, record.Key
	}
}

// appendJoined appends a password: the id first, so that the records of an id are next to each other in the order of their numbers.
func appendJoined(b []byte, user int, id string, parts [maxParts]string) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(id)))
	b = append(b, id...)
	b = binary.BigEndian.AppendUint64(b, uint64(user))
	for _, part := range parts {
		if len(part) > maxPart {
			part = part[:maxPart]
		}
		b = binary.BigEndian.AppendUint16(b, uint16(len(part)))
		b = append(b, part...)
	}
	return b
}

// readJoined reads what appendJoined wrote.
func readJoined(b []byte) (p joined) {
	text := func() string {
		n := int(binary.BigEndian.Uint16(b))
		s := string(b[2 : 2+n])
		b = b[2+n:]
		return s
	}
	p.id = text()
	p.user, b = int(binary.BigEndian.Uint64(b)), b[8:]
	for i := range p.parts {
		p.parts[i] = text()
	}
	return p
}
