package awsbackend

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// distinct fills whatever is exported with values that occur once. Booleans are true.
func distinct(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		distinct(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		distinct(v.Index(0), n)
		distinct(v.Index(1), n)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.UnixMilli(1735241621022 + int64(*n)).UTC()))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				distinct(v.Field(i), n)
			}
		}
	case reflect.String:
		v.SetString(fmt.Sprintf("value %d", *n))
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Map:
	default:
		panic("a kind that no type of the SDK had: " + v.Kind().String())
	}
}

// exported are the names of the exported fields of a struct, in lower case: the SDK writes JobId
// where Go says JobID.
func exported[T any]() map[string]int {
	names := map[string]int{}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if f.IsExported() {
			names[strings.ToLower(f.Name)] = f.Index[0]
		}
	}
	return names
}

// text is a value as it compares: behind its pointer, as a type without a name.
func text(v reflect.Value) string {
	return fmt.Sprint(reflect.Indirect(v).Interface())
}

func TestJobHasEveryFieldOfTheSDK(t *testing.T) {
	var theirs types.UserImportJobType
	distinct(reflect.ValueOf(&theirs).Elem(), new(int))
	ours := job(&theirs)
	from, to := exported[types.UserImportJobType](), exported[importjob.UserImportJob]()
	assert.Len(t, to, len(from), "a job of ours has a field that the SDK's has not, or lacks one")
	for name, i := range from {
		j, ok := to[name]
		require.True(t, ok, "the field %s is not mapped", name)
		assert.Equal(t, text(reflect.ValueOf(theirs).Field(i)), text(reflect.ValueOf(ours).Field(j)), "field %s", name)
	}
}

func TestJobOfNothingIsZero(t *testing.T) {
	assert.Equal(t, importjob.UserImportJob{}, job(&types.UserImportJobType{}))
	_, err := answered(nil, importjob.Ref{})
	assert.ErrorIs(t, err, errNoAnswer)
}

func TestDatesAreInMillisecondsUTC(t *testing.T) {
	there := time.FixedZone("there", 5*3600)
	for _, date := range []time.Time{
		time.Date(2024, 12, 26, 19, 33, 41, 22_999_999, there),
		time.Date(1969, 12, 31, 23, 59, 59, 1_500_000, there),
	} {
		got := job(&types.UserImportJobType{CreationDate: &date}).CreationDate
		assert.Equal(t, backend.Date(date), got)
		assert.Equal(t, time.UTC, got.Location())
		assert.Zero(t, got.Nanosecond()%1e6)
	}
}

// undecided are the settings of a pool that say nothing about an import.
var undecided = strings.Fields(strings.ToLower(`AccountRecoverySetting AdminCreateUserConfig Arn CreationDate CustomDomain
	DeletionProtection DeviceConfiguration Domain EmailConfiguration EmailConfigurationFailure EmailVerificationMessage
	EmailVerificationSubject EstimatedNumberOfUsers IssuerConfiguration KeyConfiguration LambdaConfig LastModifiedDate Policies
	SmsAuthenticationMessage SmsConfiguration SmsConfigurationFailure SmsVerificationMessage Status UserAttributeUpdateSettings
	UserPoolAddOns UserPoolTags UserPoolTier VerificationMessageTemplate`))

// renamed are the fields of a pool that are called otherwise here.
var renamed = map[string]string{
	"schemaattributes": "schema", "mfaconfiguration": "mfa", "usernameconfiguration": "caseinsensitive",
}

func TestPoolHasEveryFieldOfTheSDKThatDecides(t *testing.T) {
	from, to := exported[types.UserPoolType](), exported[importjob.Pool]()
	delete(to, "passwordhashes") // seen in the header
	for _, name := range undecided {
		require.Contains(t, from, name, "the SDK has it no more")
		delete(from, name)
	}
	for name := range from {
		ours, ok := renamed[name]
		if !ok {
			ours = name
		}
		assert.Contains(t, to, ours, "the SDK's field %s is new: does it decide about an import?", name)
		delete(to, ours)
	}
	assert.Empty(t, to, "fields that nothing of the SDK is mapped to")
}

func TestPoolMapsValues(t *testing.T) {
	var theirs types.UserPoolType
	distinct(reflect.ValueOf(&theirs).Elem(), new(int))
	ours := pool(&theirs, []string{"email", importjob.ColumnPasswordHash})
	assert.Equal(t, *theirs.Id, ours.ID)
	assert.Equal(t, *theirs.Name, ours.Name)
	assert.Equal(t, string(theirs.MfaConfiguration), string(ours.MFA))
	assert.Equal(t, fmt.Sprint(theirs.AutoVerifiedAttributes), fmt.Sprint(ours.AutoVerifiedAttributes))
	assert.Equal(t, fmt.Sprint(theirs.UsernameAttributes), fmt.Sprint(ours.UsernameAttributes))
	assert.Equal(t, fmt.Sprint(theirs.AliasAttributes), fmt.Sprint(ours.AliasAttributes))
	assert.False(t, ours.CaseInsensitive)
	assert.True(t, ours.PasswordHashes)
	require.Len(t, ours.Schema, 2)
	for i, a := range ours.Schema {
		b := theirs.SchemaAttributes[i]
		assert.Equal(t, importjob.SchemaAttribute{
			Name: *b.Name, Type: importjob.AttributeType(b.AttributeDataType), Required: true, Mutable: true, DeveloperOnlyAttribute: true,
			MinLength: *b.StringAttributeConstraints.MinLength, MaxLength: *b.StringAttributeConstraints.MaxLength,
			MinValue: *b.NumberAttributeConstraints.MinValue, MaxValue: *b.NumberAttributeConstraints.MaxValue,
		}, a)
	}
	leaves := len(exported[types.SchemaAttributeType]()) - 2 +
		len(exported[types.StringAttributeConstraintsType]()) + len(exported[types.NumberAttributeConstraintsType]())
	assert.Len(t, exported[importjob.SchemaAttribute](), leaves, "the SDK's attributes have gained or lost a field")
}

// Each boolean alone, so that no two are swapped.
func TestAttributeKeepsBooleansApart(t *testing.T) {
	yes, no := true, false
	for _, a := range []types.SchemaAttributeType{
		{Required: &yes, Mutable: &no}, {Mutable: &yes, Required: &no}, {DeveloperOnlyAttribute: &yes}, {},
	} {
		got := attribute(&a)
		assert.Equal(t, a.Required == &yes, got.Required)
		assert.Equal(t, a.Mutable == &yes, got.Mutable)
		assert.Equal(t, a.DeveloperOnlyAttribute == &yes, got.DeveloperOnlyAttribute)
	}
}

func TestPoolThatSaysLittle(t *testing.T) {
	got := pool(&types.UserPoolType{}, nil)
	assert.Equal(t, importjob.Pool{}, got)
	no := false
	got = pool(&types.UserPoolType{UsernameConfiguration: &types.UsernameConfigurationType{CaseSensitive: &no}}, nil)
	assert.True(t, got.CaseInsensitive)
}

func TestEnumsOfTheSDKAreKnown(t *testing.T) {
	assert.ElementsMatch(t, importjob.Statuses(), as[importjob.Status](types.UserImportJobStatusType("").Values()))
	assert.ElementsMatch(t,
		[]importjob.PasswordHashingAlgorithm{importjob.HashBCRYPT, importjob.HashSCRYPT, importjob.HashARGON2ID, importjob.HashPBKDF2SHA256},
		as[importjob.PasswordHashingAlgorithm](types.PasswordHashingAlgorithmType("").Values()))
	assert.ElementsMatch(t, []importjob.MFA{importjob.MFAOff, importjob.MFAOn, importjob.MFAOptional},
		as[importjob.MFA](types.UserPoolMfaType("").Values()))
	assert.ElementsMatch(t,
		[]importjob.AttributeType{importjob.TypeString, importjob.TypeNumber, importjob.TypeBoolean, importjob.TypeDateTime},
		as[importjob.AttributeType](types.AttributeDataType("").Values()))
	for _, values := range [][]string{
		names(types.VerifiedAttributeType("").Values()),
		names(types.UsernameAttributeType("").Values()),
		slices.DeleteFunc(names(types.AliasAttributeType("").Values()), func(s string) bool { return s == "preferred_username" }),
	} {
		assert.ElementsMatch(t, []string{importjob.AttributeEmail, importjob.AttributePhoneNumber}, values)
	}
}

// as are the values of one enumeration as those of another.
func as[To, From ~string](values []From) []To {
	var all []To
	for _, v := range values {
		all = append(all, To(v))
	}
	return all
}
