package bulk_test

import (
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cognito-import/importjob/bulk"
)

// powerDisk is a disk that loses power after an event: a change of the disk, or a call of the service. It keeps a
// model of what was written and what was synced, and returns what the disk can hold afterwards.
//
//   - The data of a file is on the disk after a Sync of the file. Before, the disk can hold all of it, none of it, a
//     part of it, or its size with zeros in it.
//   - A name, which is made by a creation, a rename or a removal, is on the disk after a SyncDir of its directory.
//     Before, the disk can hold any number of the changes in their order, or only the changes of one directory.
type powerDisk struct {
	bulk.Disk
	base   string
	root   *node
	dirOps []dirOp // that are not synced, in order
	events []string
	limit  int // the number of the event after which the power fails; 0 means never
	failed bool
}

// node is a file or a directory.
type node struct {
	children map[string]*node // of a directory, as the process sees it
	durable  map[string]*node // of a directory, as far as it is synced
	data     []byte           // of a file, as the process sees it
	synced   []byte           // of a file
	writes   []fileWrite      // since the last Sync
}

// dirOp is a change of a name in a directory. A nil node removes the name.
type dirOp struct {
	dir  *node
	name string
	node *node
}

// fileWrite is a write to a file, or with size a truncation.
type fileWrite struct {
	at       int
	data     []byte
	truncate bool
}

var errPower = errors.New("the power failed")

func newDirNode() *node { return &node{children: map[string]*node{}, durable: map[string]*node{}} }

func newPowerDisk(t *testing.T) *powerDisk {
	return &powerDisk{Disk: quickDisk{bulk.OSDisk()}, base: t.TempDir(), root: newDirNode()}
}

// event counts an event. It returns an error if the power has failed.
func (p *powerDisk) event(name string, do func() error) error {
	if p.failed {
		return errPower
	}
	if err := do(); err != nil {
		return err
	}
	p.events = append(p.events, name)
	if len(p.events) == p.limit {
		p.failed = true
		return errPower
	}
	return nil
}

// split returns the directory of a path in the model, and the last name.
func (p *powerDisk) split(path string) (*node, string) {
	dir, name := p.at(filepath.Dir(path)), filepath.Base(path)
	return dir, name
}

// at returns the node of a path, or nil.
func (p *powerDisk) at(path string) *node {
	inside, err := filepath.Rel(p.base, path)
	if err != nil {
		panic(err)
	}
	n := p.root
	for name := range strings.SplitSeq(inside, string(filepath.Separator)) {
		if name != "." && n != nil {
			n = n.children[name]
		}
	}
	return n
}

// set changes a name in a directory.
func (p *powerDisk) set(dir *node, name string, n *node) {
	if dir == nil || n == nil && dir.children[name] == nil {
		return
	}
	if dir.children[name] = n; n == nil {
		delete(dir.children, name)
	}
	p.dirOps = append(p.dirOps, dirOp{dir, name, n})
}

func (p *powerDisk) short(path string) string {
	inside, _ := filepath.Rel(p.base, path)
	return inside
}

func (p *powerDisk) OpenFile(path string, flag int, perm os.FileMode) (bulk.DiskFile, error) {
	var f bulk.DiskFile
	n := p.at(path)
	err := p.event("open "+p.short(path), func() (err error) {
		if f, err = p.Disk.OpenFile(path, flag, perm); err != nil {
			return err
		}
		if n == nil {
			n = &node{}
			dir, name := p.split(path)
			p.set(dir, name, n)
		}
		if flag&os.O_TRUNC != 0 {
			n.write(fileWrite{truncate: true})
		}
		return nil
	})
	if err != nil {
		if f != nil {
			_ = f.Close()
		}
		return nil, err
	}
	return &powerFile{f, p, n}, nil
}

func (p *powerDisk) Mkdir(path string, perm os.FileMode) error {
	return p.event("mkdir "+p.short(path), func() error {
		if err := p.Disk.Mkdir(path, perm); err != nil {
			return err
		}
		dir, name := p.split(path)
		p.set(dir, name, newDirNode())
		return nil
	})
}

func (p *powerDisk) Rename(from, to string) error {
	return p.event("rename to "+p.short(to), func() error {
		if err := p.Disk.Rename(from, to); err != nil {
			return err
		}
		n := p.at(from)
		dir, name := p.split(to)
		p.set(dir, name, n)
		dir, name = p.split(from)
		p.set(dir, name, nil)
		return nil
	})
}

func (p *powerDisk) remove(path string, do func(string) error) error {
	return p.event("remove "+p.short(path), func() error {
		if err := do(path); err != nil {
			return err
		}
		dir, name := p.split(path)
		p.set(dir, name, nil)
		return nil
	})
}

func (p *powerDisk) Remove(path string) error    { return p.remove(path, p.Disk.Remove) }
func (p *powerDisk) RemoveAll(path string) error { return p.remove(path, p.Disk.RemoveAll) }

func (p *powerDisk) SyncDir(path string) error {
	return p.event("sync "+p.short(path), func() error {
		n := p.at(path)
		if n == nil {
			return os.ErrNotExist
		}
		n.durable = maps.Clone(n.children)
		p.dirOps = slices.DeleteFunc(p.dirOps, func(op dirOp) bool { return op.dir == n })
		return nil
	})
}

// powerFile is an open file of a powerDisk.
type powerFile struct {
	bulk.DiskFile
	disk *powerDisk
	node *node
}

func (f *powerFile) Write(b []byte) (int, error) {
	written := 0
	err := f.disk.event("write "+f.disk.short(f.Name()), func() error {
		at, err := f.Seek(0, io.SeekCurrent)
		if err != nil {
			return err
		}
		written, err = f.DiskFile.Write(b)
		f.node.write(fileWrite{at: int(at), data: slices.Clone(b[:written])})
		return err
	})
	return written, err
}

func (f *powerFile) Truncate(size int64) error {
	return f.disk.event("truncate "+f.disk.short(f.Name()), func() error {
		f.node.write(fileWrite{at: int(size), truncate: true})
		return f.DiskFile.Truncate(size)
	})
}

func (f *powerFile) Sync() error {
	return f.disk.event("sync "+f.disk.short(f.Name()), func() error {
		f.node.synced, f.node.writes = slices.Clone(f.node.data), nil
		return nil
	})
}

func (n *node) write(w fileWrite) {
	n.writes = append(n.writes, w)
	n.data = w.apply(n.data)
}

// apply returns the data after the write.
func (w fileWrite) apply(data []byte) []byte {
	if w.truncate {
		return slices.Clone(data[:min(w.at, len(data))])
	}
	end := w.at + len(w.data)
	all := make([]byte, max(len(data), end))
	copy(all, data)
	copy(all[w.at:], w.data)
	return all
}
