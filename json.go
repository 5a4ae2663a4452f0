package importjob

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
)

// wireJob is a UserImportJob as the service writes it.
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

// MarshalJSON writes the job as the service does: dates are numbers, in seconds since 1970 with
// a fraction; what has not been reached is absent; the three counters are always there.
func (j UserImportJob) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // the caller's encoder decides about the & of the URL
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

// UnmarshalJSON reads what the service writes. Dates may be in scientific notation, as the
// service's own samples show; members it does not know are ignored. A null changes nothing, as
// everywhere in encoding/json.
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

// epoch is a date on the wire: a number of seconds since 1970, with milliseconds as fraction.
type epoch time.Time

// maxSeconds bounds the dates that are read, at the year 9999.
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
