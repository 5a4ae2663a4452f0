package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const planRows = 1_000_000

// planMapping is the mapping of the file. The transforms are the default ones.
const planMapping = `columns:
  cognito:username: id
  email: email
  email_verified: verified
  phone_number: phone
  given_name: given_name
  family_name: family_name
ignore: [birthdate, created_at]
`

// planTasks returns the lines that compare the dry run of "importjob bulk" for an ordinary CSV file with a process that copies the
// file with encoding/csv.
func planTasks(only string) iter.Seq[task] {
	p := &planning{}
	const name = "plan a million rows of CSV"
	all := []task{
		{name: name + ": CPU", beside: "a csv copying process", target: 2, gate: 3, atMost: true, figure: func() float64 {
			return p.ratio(func(c *exec.Cmd, _ time.Duration) float64 {
				return (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds()
			})
		}},
		{name: name + ": wall", beside: "a csv copying process", target: 1.3, gate: 2.2, atMost: true, figure: func() float64 {
			return p.ratio(func(_ *exec.Cmd, took time.Duration) float64 { return took.Seconds() })
		}},
		{name: name + ": MiB", target: 96, atMost: true, figure: p.peak},
	}
	return func(yield func(task) bool) {
		for _, t := range all {
			t.input = "shop"
			if !t.selected(only) {
				continue
			}
			if p.dir == "" {
				p.prepare()
			}
			if !yield(t) {
				break
			}
		}
		if p.dir != "" {
			must(os.RemoveAll(p.dir))
		}
	}
}

// planning runs the processes of planTasks.
type planning struct {
	dir, file, mapping, command string
	runs                        int
}

// prepare writes the files and builds the command.
func (p *planning) prepare() {
	dir, err := os.MkdirTemp("", "bench")
	must(err)
	p.dir, p.file, p.mapping, p.command = dir, filepath.Join(dir, "shop.csv"), filepath.Join(dir, "shop.yaml"), filepath.Join(dir, "importjob")
	must(os.WriteFile(p.mapping, []byte(planMapping), 0o600))
	f, err := os.Create(p.file)
	must(err)
	w := bufio.NewWriterSize(f, 1<<20)
	writeShop(w, planRows)
	must(w.Flush())
	must(f.Close())
	build := exec.Command("go", "build", "-o", p.command, "./cmd/importjob")
	build.Dir = ".."
	build.Stderr = os.Stderr
	must(build.Run())
}

// writeShop writes an export of users with eight columns and about 98 bytes a record. One record in fifty has a quoted cell, and one in fifty
// an address that is none.
func writeShop(w io.Writer, records int) {
	random := rand.New(rand.NewPCG(1, 2))
	fmt.Fprintln(w, "id,email,phone,given_name,family_name,birthdate,verified,created_at")
	for i := range records {
		family, at := "Stone", "@"
		if i%50 == 0 {
			family = `"Stone, ""Jr."""`
		}
		if i%50 == 25 {
			at = "."
		}
		fmt.Fprintf(w, "%d,user%07d%sexample.com,+1206555%04d,Given%03d,%s,0%d/1%d/19%02d,true,2024-05-06T07:08:09.%03dZ\n",
			100000000+i, i, at, random.IntN(10000), i%1000, family, 1+i%9, i%10, random.IntN(100), i%1000)
	}
}

// ratio measures a quantity of the plan five times, and divides each value by the mean of the copies before and after it.
// It returns the median.
func (p *planning) ratio(quantity func(*exec.Cmd, time.Duration) float64) float64 {
	var ratios []float64
	before := p.copy(quantity)
	for range 5 {
		c, took := p.plan()
		after := p.copy(quantity)
		ratios = append(ratios, 2*quantity(c, took)/(before+after))
		before = after
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}

// copy runs a process that copies the file.
func (p *planning) copy(quantity func(*exec.Cmd, time.Duration) float64) float64 {
	self, err := os.Executable()
	must(err)
	c := exec.Command(self, "-copy", p.file)
	began := time.Now()
	must(c.Run())
	return quantity(c, time.Since(began))
}

// plan runs the dry run.
func (p *planning) plan() (*exec.Cmd, time.Duration) {
	p.runs++
	dir := filepath.Join(p.dir, "plan"+strconv.Itoa(p.runs))
	defer os.RemoveAll(dir)
	c := exec.Command(p.command, p.arguments(dir)...)
	began := time.Now()
	if err := c.Run(); err != nil && c.ProcessState.ExitCode() != 1 { // 1 says that rows are rejected
		panic(err)
	}
	return c, time.Since(began)
}

func (p *planning) arguments(dir string) []string {
	return []string{"bulk", p.file, "--mapping", p.mapping, "--dry-run", "--dir", dir}
}

// peak returns the peak memory of the dry run in MiB.
func (p *planning) peak() float64 {
	self, err := os.Executable()
	must(err)
	dir := filepath.Join(p.dir, "peak")
	defer os.RemoveAll(dir)
	out, err := exec.Command(self, append([]string{"-peak", p.command}, p.arguments(dir)...)...).Output()
	must(err)
	mib, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	must(err)
	return mib
}

// copyCSV copies a file with encoding/csv, as a plain program would.
func copyCSV(path string) {
	in, err := os.Open(path)
	must(err)
	defer in.Close()
	out, err := os.Create(path + ".copy")
	must(err)
	r, b := csv.NewReader(in), bufio.NewWriterSize(out, 64<<10)
	r.ReuseRecord = true
	w := csv.NewWriter(b)
	for {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		must(err)
		must(w.Write(record))
	}
	w.Flush()
	must(w.Error())
	must(b.Flush())
	must(out.Close())
	must(os.Remove(path + ".copy"))
}
