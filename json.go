package importjob

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
)

// wireJob is a UserImportJob with the JSON names of the service.
type wireJob struct {
	JobName                  string                   `json:"JobName,omitempty"`
	JobID                    string                   `json:"JobId,omitempty"`
	UserPoolID               string                   `json:"UserPoolId,omitempty"`
	PreSignedURL             string                   `json:"PreSignedUrl,omitempty"`
	CreationDate             epoch                    `json:"CreationDate,omitzero"`
	StartDate                epoch                    `json:"StartDate,omitzero"`
	CompletionDate           epoch                    `json:"CompletionDate,omitzero"`
	Status                   Status                   `json:"Status,omitempty"`
	CloudWatchLogsRoleARN    string                   `json:"CloudWatchLogsRoleArn,omitempty"`
	ImportedUsers            int64                    `json:"ImportedUsers"`
	SkippedUsers             int64                    `json:"SkippedUsers"`
	FailedUsers              int64                    `json:"FailedUsers"`
	CompletionMessage        string                   `json:"CompletionMessage,omitempty"`
	PasswordHashingAlgorithm PasswordHashingAlgorithm `json:"PasswordHashingAlgorithm,omitempty"`
}

// MarshalJSON returns the job in the JSON form of the service. A date is a number: the seconds since
// 1970, with the milliseconds as fraction. An empty string or a zero date is absent; the three
// counters are always present. The JSON contains the pre-signed URL, so do not log it.
func (j UserImportJob) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // the caller's encoder decides whether to escape the & in the URL
	err := enc.Encode(wireJob{
		JobName:                  j.JobName,
		JobID:                    j.JobID,
		UserPoolID:               j.UserPoolID,
		PreSignedURL:             j.PreSignedURL,
		CreationDate:             epoch(j.CreationDate),
		StartDate:                epoch(j.StartDate),
		CompletionDate:           epoch(j.CompletionDate),
		Status:                   j.Status,
		CloudWatchLogsRoleARN:    j.CloudWatchLogsRoleARN,
		ImportedUsers:            j.ImportedUsers,
		SkippedUsers:             j.SkippedUsers,
		FailedUsers:              j.FailedUsers,
		CompletionMessage:        j.CompletionMessage,
		PasswordHashingAlgorithm: j.PasswordHashingAlgorithm,
	})
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err // an Encoder ends each value with a newline
}

// UnmarshalJSON reads the JSON form of the service. It accepts dates in scientific notation, such as
// 1.548271795471E9, since the samples of the AWS documentation have them. It ignores unknown
// members. A null does not change the job.
func (j *UserImportJob) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var w wireJob
	if err := json.Unmarshal(data, &w); err != nil {
		return fmt.Errorf("importjob: reading a UserImportJob: %w", err)
	}
	*j = UserImportJob{
		JobName:                  w.JobName,
		JobID:                    w.JobID,
		UserPoolID:               w.UserPoolID,
		PreSignedURL:             w.PreSignedURL,
		CreationDate:             time.Time(w.CreationDate),
		StartDate:                time.Time(w.StartDate),
		CompletionDate:           time.Time(w.CompletionDate),
		Status:                   w.Status,
		CloudWatchLogsRoleARN:    w.CloudWatchLogsRoleARN,
		ImportedUsers:            w.ImportedUsers,
		SkippedUsers:             w.SkippedUsers,
		FailedUsers:              w.FailedUsers,
		CompletionMessage:        w.CompletionMessage,
		PasswordHashingAlgorithm: w.PasswordHashingAlgorithm,
	}
	return nil
}

// epoch is a time that is a number in JSON: the seconds since 1970, with the milliseconds as fraction.
type epoch time.Time

// maxSeconds is the last second of the year 9999. UnmarshalJSON refuses later dates.
const maxSeconds = 253402300799

func (e epoch) IsZero() bool { return time.Time(e).IsZero() }

func (e epoch) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(time.Time(e).UnixMilli())/1000, 'f', -1, 64), nil
}

func (e *epoch) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	seconds, err := strconv.ParseFloat(string(data), 64)
	if err != nil {
		return fmt.Errorf("date %.40s is not a number of seconds since 1970", data)
	}
	if math.Abs(seconds) > maxSeconds {
		return fmt.Errorf("date %.40s is out of range", data)
	}
	*e = epoch(time.UnixMilli(int64(math.Round(seconds * 1000))).UTC())
	return nil
}
