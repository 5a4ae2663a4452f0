// Command bulk measures an import of many users with package bulk, which splits them over several jobs. It
// prints the time of the import and the peak memory of the importing process. "importjob serve" runs in
// another process, and both talk over a socket. The memory should not depend on the number of users.
//
//	go run ./bulk                       500,000 and 5,000,000 users
//	go run ./bulk -users 1000000
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
	"github.com/cognito-import/importjob/bulk"
)

const poolID = "us-west-2_aaaaaaaaa"

func main() {
	users := flag.String("users", "500000,5000000", "numbers of users to import, separated by commas")
	endpoint := flag.String("endpoint", "", "only import FILE, with the directory DIR for the state, at this endpoint: the arguments are FILE DIR")
	flag.Parse()
	if *endpoint != "" {
		importFile(*endpoint, flag.Arg(0), flag.Arg(1))
		return
	}
	dir, err := os.MkdirTemp("", "bulk")
	must(err)
	defer os.RemoveAll(dir)
	command := filepath.Join(dir, "importjob")
	build := exec.Command("go", "build", "-o", command, "./cmd/importjob")
	build.Dir = ".."
	build.Stderr = os.Stderr
	must(build.Run())
	for _, s := range strings.Split(*users, ",") {
		n, err := strconv.Atoi(s)
		must(err)
		measure(command, filepath.Join(dir, s), n)
	}
}

// measure imports a number of users into a new Cognito, and prints the time and the memory.
func measure(command, dir string, users int) {
	must(os.Mkdir(dir, 0o700))
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "users.csv")
	size := generate(file, users)
	serve := exec.Command(command, "serve", "--addr", "127.0.0.1:0", "--mfa", "optional")
	out, err := serve.StdoutPipe()
	must(err)
	must(serve.Start())
	defer func() {
		_ = serve.Process.Kill()
		_ = serve.Wait()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	must(err)
	endpoint := strings.TrimSpace(strings.TrimPrefix(line, "listening on "))
	self, err := os.Executable()
	must(err)
	child := exec.Command(self, "-endpoint", endpoint, file, filepath.Join(dir, "import"))
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	fmt.Printf("%d users, %d MB\n", users, size/1e6)
	began := time.Now()
	must(child.Run())
	usage := child.ProcessState.SysUsage().(*syscall.Rusage)
	fmt.Printf("  %.1f s in total, %.1f s of CPU, peak memory %d MiB\n", time.Since(began).Seconds(),
		(child.ProcessState.UserTime() + child.ProcessState.SystemTime()).Seconds(), usage.Maxrss/1024)
}

// keys are the keys that requests are signed with. The server does not check them.
var keys = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
})

// importFile runs in the process that is measured.
func importFile(endpoint, file, dir string) {
	client := awsbackend.New(
		cognito.New(cognito.Options{Region: "us-west-2", Credentials: keys, BaseEndpoint: aws.String(endpoint)}),
		&awsbackend.Options{Logs: cloudwatchlogs.New(cloudwatchlogs.Options{Region: "us-west-2", Credentials: keys, BaseEndpoint: aws.String(endpoint)})})
	began, phase := time.Now(), bulk.PhasePlanning
	in := importjob.CreateInput{JobName: "bench", UserPoolID: poolID, CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole"}
	opts := &bulk.Options{Wait: importjob.WaitOptions{MinInterval: 50 * time.Millisecond}, OnProgress: func(p bulk.Progress) {
		if p.Phase != phase {
			fmt.Printf("  %-9s %.1f s\n", phase, time.Since(began).Seconds())
			began, phase = time.Now(), p.Phase
		}
	}}
	s, err := bulk.Import(context.Background(), client, in, bulk.CognitoCSV(file), dir, opts)
	must(err)
	fmt.Printf("  %-9s %.1f s\n", phase, time.Since(began).Seconds())
	fmt.Printf("  %d rows: %d imported, %d skipped, %d failed, %d rejected, %d unknown; %d jobs\n",
		s.Rows, s.Imported, s.Skipped, s.Failed, s.Rejected, s.Unknown, s.Jobs)
}

// generate writes a file of users in Cognito's dialect, and returns its size. One user in a thousand is invalid,
// and one in a thousand has a username that others may have, too.
func generate(path string, users int) int64 {
	f, err := os.Create(path)
	must(err)
	defer f.Close()
	w := importjob.NewWriter(f)
	w.NoLimits = true
	must(w.Write(importjob.Pool{}.Header()))
	r := rand.New(rand.NewPCG(1, 1))
	for i := range users {
		u := importjob.Record{
			"name": "Jürgen Łukasz Müller-Østergård", "given_name": "Jürgen Łukasz", "family_name": "Müller-Østergård",
			"email": fmt.Sprintf("user.%08d@mail.example.com", i), "email_verified": "true",
			"cognito:username": fmt.Sprintf("user-%08d-%08x", i, r.Uint32()), "locale": "en_US", "zoneinfo": "America/Los_Angeles",
			"address": fmt.Sprintf("%d Main Street, Springfield", 1+r.IntN(999)),
		}
		switch r.IntN(1000) {
		case 0:
			u["email"] = "none"
		case 1:
			u["cognito:username"] = fmt.Sprintf("Twice-%d", r.IntN(users/1000))
		}
		must(w.WriteRecord(u))
	}
	must(w.Flush())
	info, err := f.Stat()
	must(err)
	return info.Size()
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
