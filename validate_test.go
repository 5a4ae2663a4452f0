package importjob

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// anchored compiles a pattern of the model as the service reads it: in Java, where \s has the
// vertical tab and Go's has not, and from the first character to the last.
func anchored(pattern string) *regexp.Regexp {
	pattern = strings.NewReplacer(`[\S]`, `[^ \t\n\v\f\r]`, `\s`, ` \t\n\v\f\r`).Replace(pattern)
	return regexp.MustCompile(`\A(?:` + pattern + `)\z`)
}

// patterned are the members that have a pattern.
func patterned() map[Member]*regexp.Regexp {
	all := map[Member]*regexp.Regexp{}
	for member, c := range constraints {
		if c.match != nil {
			all[member] = anchored(c.pattern)
		}
	}
	return all
}

func agree(t *testing.T, member Member, re *regexp.Regexp, s string) {
	t.Helper()
	want := re.MatchString(s)
	if member == MemberUsername {
		want = want && utf8.ValidString(s) // a regexp reads what is not UTF-8 as U+FFFD
	}
	require.Equal(t, want, constraints[member].match(s), "%s: %q", member, s)
}

var goodInputs = map[Member]string{
	MemberJobName:         "My job_1 +=,.@-",
	MemberPoolName:        "My pool",
	MemberUserPoolID:      "us-west-2_aaaaaaaaa",
	MemberJobID:           "import-qQ0DCt2fRh",
	MemberRoleARN:         "arn:aws-cn:iam::111111111111:role/x:y:z",
	MemberPaginationToken: "us-west-2_EXAMPLE#import-example3#1667948397084",
	MemberUsername:        "Zoë\u0301-例え£9",
}

func TestPatternsAgreeOnSamples(t *testing.T) {
	samples := []string{
		"", " ", "a", "_", "-", "a_b", "a_b_", "_b", "-_b", "a__b", "a_b_c", "a_-", "\u00e9_a", "a_\u00e9",
		"import-", "import--", "import-a_", "Import-a", " import-a", "import-a\n",
		"arn:a:b::1:c", "arn:a:b:c:1:d:e:f", "arn:a:b:c:1:d:e:f:g", "arn:a:b:c:1:d::f", "arn:a:b:c::d", "arn:a:b:c:1:", "arn::b:c:1:d",
		"arn:a:b:c:1a:d", "xrn:a:b:c:1:d", "arn:a:b c:1:d:e", "arn", "arn:", "a:r:n:1:2:3",
		"\t", "\v", "\f", "\u00a0", "\u2003", "a\vb", "a b", "\x00", "\x7f", "\xff", "a\xffb", "\ufffd", "\U000e0001", "🙂", "e\u0301",
		"a\nb", "a\n",
	}
	for member, re := range patterned() {
		for _, s := range samples {
			agree(t, member, re, s)
			agree(t, member, re, goodInputs[member]+s)
			agree(t, member, re, s+goodInputs[member])
		}
	}
}

// Random strings rarely match, so these are good ones with a few characters changed.
func TestPatternsAgreeOnMutations(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("aZ09_-+=/,.@:# \t\n\v\x00\x7f\u00e9\u4f8b\u0301\u00a0\u200b🙂\ufffd")
	for member, re := range patterned() {
		require.True(t, re.MatchString(goodInputs[member]), member)
		for range 5_000 {
			s := []rune(goodInputs[member])
			for range rng.IntN(3) {
				i := rng.IntN(len(s))
				switch c := alphabet[rng.IntN(len(alphabet))]; rng.IntN(3) {
				case 0:
					s[i] = c
				case 1:
					s = append(s[:i], append([]rune{c}, s[i:]...)...)
				case 2:
					s = append(s[:i], s[i+1:]...)
				}
			}
			agree(t, member, re, string(s))
		}
	}
}

func FuzzPatterns(f *testing.F) {
	for _, s := range goodInputs {
		f.Add(s)
	}
	all := patterned()
	f.Fuzz(func(t *testing.T, s string) {
		for member, re := range all {
			agree(t, member, re, s)
		}
	})
}

func goodInput() CreateInput {
	return CreateInput{JobName: "MyImportJob", UserPoolID: "us-west-2_aaaaaaaaa",
		CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole"}
}

// message returns the service's words in err, and checks the rest of it.
func message(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, ErrInvalidParameter, e.Code)
	require.NoError(t, e.Err)
	return e.Message
}

const (
	nameRule = "Member must satisfy regular expression pattern: [\\w\\s+=,.@-]+"
	idRule   = "Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+"
)

func TestCreateInputWording(t *testing.T) {
	for want, change := range map[string]func(*CreateInput){
		"": func(*CreateInput) {},
		"1 validation error detected: Value 'a:b' at 'jobName' failed to satisfy constraint: " + nameRule: func(in *CreateInput) { in.JobName = "a:b" },
		"2 validation errors detected: Value '' at 'jobName' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
			"Value '' at 'jobName' failed to satisfy constraint: " + nameRule: func(in *CreateInput) { in.JobName = "" },
		"2 validation errors detected: Value 'a:b' at 'jobName' failed to satisfy constraint: " + nameRule + "; " +
			"Value 'us-west-2' at 'userPoolId' failed to satisfy constraint: " + idRule: func(in *CreateInput) { in.JobName, in.UserPoolID = "a:b", "us-west-2" },
		"2 validation errors detected: Value 'role' at 'cloudWatchLogsRoleArn' failed to satisfy constraint: " +
			"Member must have length greater than or equal to 20; Value 'role' at 'cloudWatchLogsRoleArn' failed to satisfy constraint: " +
			`Member must satisfy regular expression pattern: arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`: func(in *CreateInput) { in.CloudWatchLogsRoleARN = "role" },
		"1 validation error detected: Value 'MD5' at 'passwordHashingAlgorithm' failed to satisfy constraint: " +
			"Member must satisfy enum value set: [BCRYPT, SCRYPT, ARGON2ID, PBKDF2_SHA256]": func(in *CreateInput) { in.PasswordHashingAlgorithm = "MD5" },
	} {
		in := goodInput()
		change(&in)
		assert.Equal(t, want, message(t, in.Validate()))
	}
}

func TestCreateInputTakesEveryAlgorithm(t *testing.T) {
	for _, a := range []PasswordHashingAlgorithm{"", "BCRYPT", "SCRYPT", "ARGON2ID", "PBKDF2_SHA256"} {
		in := goodInput()
		in.PasswordHashingAlgorithm = a
		assert.NoError(t, in.Validate())
	}
	in := goodInput()
	in.PasswordHashingAlgorithm = "bcrypt"
	assert.ErrorIs(t, in.Validate(), ErrInvalidParameter)
}

func TestLengths(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	create := func(change func(*CreateInput, string)) func(string) error {
		return func(s string) error {
			in := goodInput()
			change(&in, s)
			return in.Validate()
		}
	}
	byName := create(func(in *CreateInput, s string) { in.JobName = s })
	byPool := create(func(in *CreateInput, s string) { in.UserPoolID = s })
	byRole := create(func(in *CreateInput, s string) { in.CloudWatchLogsRoleARN = s })
	byJob := func(s string) error { return Ref{UserPoolID: "a_b", JobID: s}.Validate() }
	byUser := func(s string) error { return UserRef{UserPoolID: "a_b", Username: s}.Validate() }
	arn := "arn:a:b::1:" // 11 characters
	for name, tt := range map[string]struct {
		validate func(string) error
		value    string
		tooLong  bool
		tooShort bool
	}{
		"job name 1":           {validate: byName, value: "x"},
		"job name 128":         {validate: byName, value: x(128)},
		"job name 129":         {validate: byName, value: x(129), tooLong: true},
		"pool 55":              {validate: byPool, value: x(53) + "_x"},
		"pool 56":              {validate: byPool, value: x(54) + "_x", tooLong: true},
		"role 19":              {validate: byRole, value: arn + x(8), tooShort: true},
		"role 20":              {validate: byRole, value: arn + x(9)},
		"role 2048":            {validate: byRole, value: arn + x(2037)},
		"role 2049":            {validate: byRole, value: arn + x(2038), tooLong: true},
		"job 55":               {validate: byJob, value: "import-" + x(48)},
		"job 56":               {validate: byJob, value: "import-" + x(49), tooLong: true},
		"username 128":         {validate: byUser, value: x(128)},
		"username 129":         {validate: byUser, value: x(129), tooLong: true},
		"username 128 of 3":    {validate: byUser, value: strings.Repeat("例", 128)},
		"username 129 of 3":    {validate: byUser, value: strings.Repeat("例", 129), tooLong: true},
		"pool listing 55":      {validate: ValidateUserPoolID, value: x(53) + "_x"},
		"pool listing 56":      {validate: ValidateUserPoolID, value: x(54) + "_x", tooLong: true},
		"token of 131,072":     {validate: func(s string) error { return ValidateList("a_b", Page{Token: s}) }, value: x(131072)},
		"token of 131,073":     {validate: func(s string) error { return ValidateList("a_b", Page{Token: s}) }, value: x(131073), tooLong: true},
		"pool name of 128":     {validate: func(s string) error { return Pool{ID: "a_b", Name: s}.Validate() }, value: x(128)},
		"pool name of 129":     {validate: func(s string) error { return Pool{ID: "a_b", Name: s}.Validate() }, value: x(129), tooLong: true},
		"pool name of nothing": {validate: func(s string) error { return Pool{ID: "a_b", Name: s}.Validate() }, tooShort: true},
	} {
		got := message(t, tt.validate(tt.value))
		assert.Equal(t, tt.tooLong, strings.Contains(got, "Member must have length less than or equal to"), name)
		assert.Equal(t, tt.tooShort, strings.Contains(got, "Member must have length greater than or equal to"), name)
		assert.Equal(t, tt.tooLong || tt.tooShort, got != "", name)
	}
}

func TestRefFastPathEqualsTheTable(t *testing.T) {
	x := strings.Repeat("x", 60)
	pools := []string{"", "a_b", "a_", "us-west-2_aaaaaaaaa", x[:53] + "_x", x[:54] + "_x", "é_a", x}
	jobs := []string{"", "import-a", "import-", "import-" + x[:48], "import-" + x[:49], "import-é", "job-a"}
	for _, pool := range pools {
		for _, job := range jobs {
			slow := invalid(MemberUserPoolID.check(pool), MemberJobID.check(job))
			assert.Equal(t, message(t, slow), message(t, Ref{pool, job}.Validate()), "%q %q", pool, job)
		}
	}
	ref := Ref{"us-west-2_aaaaaaaaa", "import-qQ0DCt2fRh"}
	assert.Zero(t, testing.AllocsPerRun(100, func() { _ = ref.Validate() }))
}

func TestSecretMembersAreNotEchoed(t *testing.T) {
	got := message(t, UserRef{UserPoolID: "a_b", Username: "john doe"}.Validate())
	assert.Equal(t, `1 validation error detected: Value at 'username' failed to satisfy constraint: `+
		`Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}]+`, got)
	assert.Equal(t, `2 validation errors detected: Value at 'username' failed to satisfy constraint: Member must have length greater than or equal to 1; `+
		`Value at 'username' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}]+`,
		message(t, UserRef{UserPoolID: "a_b"}.Validate()))
}

func TestPages(t *testing.T) {
	assert.NoError(t, ValidatePage(Page{MaxResults: 60, Token: "t"}))
	assert.Contains(t, message(t, ValidatePage(Page{MaxResults: 61, Token: " "})), "2 validation errors detected: Value '61' at 'maxResults'")
	ref := Ref{"a_b", "import-a"}
	list := func(p Page) error { return ValidateList("a_b", p) }
	results := func(p Page) error { return ValidateResults(ref, p) }
	for _, ok := range []Page{{}, {MaxResults: 1}, {MaxResults: 60}, {Token: "t"}} {
		assert.NoError(t, list(ok))
		assert.NoError(t, results(ok))
	}
	assert.NoError(t, results(Page{MaxResults: 10000}))
	assert.Equal(t, "1 validation error detected: Value '61' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 60",
		message(t, list(Page{MaxResults: 61})))
	assert.Equal(t, "1 validation error detected: Value '-1' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
		message(t, list(Page{MaxResults: -1})))
	assert.Equal(t, "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
		message(t, results(Page{MaxResults: 10001})))
	assert.Equal(t, `1 validation error detected: Value 'a b' at 'paginationToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [\S]+`,
		message(t, list(Page{Token: "a b"})))
	assert.Contains(t, message(t, ValidateList("x", Page{MaxResults: 99, Token: " "})), "3 validation errors detected")
	assert.Contains(t, message(t, ValidateResults(Ref{"x", "y"}, Page{MaxResults: -9, Token: " "})), "4 validation errors detected")
}

func TestUploadInput(t *testing.T) {
	job := UserImportJob{UserPoolID: "a_b", JobID: "import-a", PreSignedURL: "https://x.invalid/?SECRET"}
	assert.NoError(t, ValidateUpload(job, strings.NewReader(""), 0))
	assert.ErrorIs(t, ValidateUpload(job, strings.NewReader(""), -1), ErrInvalidParameter)
	assert.NotContains(t, ValidateUpload(job, strings.NewReader(""), -1).Error(), "SECRET")
	assert.ErrorContains(t, ValidateUpload(job, strings.NewReader(""), -1), "size -1")
	assert.Contains(t, message(t, ValidateUpload(UserImportJob{PreSignedURL: "u"}, strings.NewReader(""), 1)), "'jobId'")
	job.PreSignedURL = ""
	assert.ErrorIs(t, ValidateUpload(job, strings.NewReader(""), 1), ErrInvalidParameter)
	assert.ErrorContains(t, ValidateUpload(job, strings.NewReader(""), 1), "PreSignedURL")
}

func TestModelTable(t *testing.T) {
	for member, want := range map[Member][2]int{
		MemberJobName: {1, 128}, MemberUserPoolID: {1, 55}, MemberJobID: {1, 55}, MemberRoleARN: {20, 2048},
		MemberMaxResults: {1, 60}, MemberLimit: {1, 10000}, MemberPoolName: {1, 128}, MemberUsername: {1, 128},
	} {
		c := constraints[member]
		assert.Equal(t, want, [2]int{c.min, c.max}, member)
	}
}
