package bulk_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
)

// outage is what the disk holds after the power has failed.
type outage struct {
	names func(i int, op dirOp) bool // which changes of names it holds
	data  func(*node) []byte
	what  string
}

// outages returns what the disk can hold.
func (p *powerDisk) outages() []outage {
	data := map[string]func(*node) []byte{
		"synced data": func(n *node) []byte { return n.synced },
		"all data":    func(n *node) []byte { return n.data },
		"torn data": func(n *node) []byte {
			all := n.synced
			for i, w := range n.writes {
				if i == len(n.writes)-1 {
					w.data = w.data[:len(w.data)/2]
				}
				all = w.apply(all)
			}
			return all
		},
		"zeros": func(n *node) []byte {
			all := n.synced
			for _, w := range n.writes {
				w.data = make([]byte, len(w.data))
				all = w.apply(all)
			}
			return all
		},
	}
	var states []outage
	for _, what := range slices.Sorted(maps.Keys(data)) {
		for n := range len(p.dirOps) + 1 {
			states = append(states, outage{func(i int, _ dirOp) bool { return i < n }, data[what], fmt.Sprintf("%s, %d of %d names", what, n, len(p.dirOps))})
		}
		var seen []*node
		for _, op := range p.dirOps {
			if !slices.Contains(seen, op.dir) {
				seen = append(seen, op.dir)
				states = append(states, outage{func(_ int, other dirOp) bool { return other.dir == op.dir }, data[what], fmt.Sprintf("%s, names of one directory, such as %s", what, op.name)})
			}
		}
	}
	return states
}

// tree returns the files of an outage by their paths, and the directories with a slash at the end.
func (p *powerDisk) tree(o outage) map[string][]byte {
	entries := map[*node]map[string]*node{}
	namesIn := func(dir *node) map[string]*node {
		if entries[dir] == nil {
			entries[dir] = maps.Clone(dir.durable)
		}
		return entries[dir]
	}
	for i, op := range p.dirOps {
		switch names := namesIn(op.dir); {
		case !o.names(i, op):
		case op.node == nil:
			delete(names, op.name)
		default:
			names[op.name] = op.node
		}
	}
	files := map[string][]byte{}
	var walk func(path string, dir *node)
	walk = func(path string, dir *node) {
		for name, n := range namesIn(dir) {
			if n.children == nil {
				files[path+name] = o.data(n)
				continue
			}
			files[path+name+"/"] = nil
			walk(path+name+"/", n)
		}
	}
	walk("", p.root)
	return files
}

// layOut writes a tree to a directory.
func layOut(t *testing.T, base string, files map[string][]byte) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(base, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			require.NoError(t, os.MkdirAll(path, 0o700))
			continue
		}
		require.NoError(t, os.WriteFile(path, files[name], 0o600))
	}
}

// quickDisk is a disk without syncs, for tests in which the power does not fail.
type quickDisk struct{ bulk.Disk }

func (d quickDisk) SyncDir(string) error { return nil }

func (d quickDisk) OpenFile(name string, flag int, perm os.FileMode) (bulk.DiskFile, error) {
	f, err := d.Disk.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return quickFile{f}, nil
}

type quickFile struct{ bulk.DiskFile }

func (quickFile) Sync() error { return nil }

// importQuickly is bulk.Import on a quickDisk.
func importQuickly(ctx context.Context, c importjob.Client, in importjob.CreateInput, s bulk.Source, dir string, opts *bulk.Options) (bulk.Summary, error) {
	return bulk.ImportWith(ctx, c, in, s, dir, opts, bulk.Hooks{Disk: quickDisk{bulk.OSDisk()}})
}

// planQuickly is bulk.Plan on a quickDisk.
func planQuickly(ctx context.Context, c importjob.Client, in importjob.CreateInput, s bulk.Source, dir string, opts *bulk.Options) (bulk.Planned, error) {
	return bulk.PlanWith(ctx, c, in, s, dir, opts, bulk.Hooks{Disk: quickDisk{bulk.OSDisk()}})
}
