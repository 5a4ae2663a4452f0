package source

import (
	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/transform"
)

// Mapping says how the records of an export become rows of a user import. The package documentation has its file format. A program can fill
// the fields itself: format.MustPath makes a path, transform.ParseTemplate a template. [Mapping.Validate] checks them, and [Open] calls it.
//
// The functions of this package do not change a Mapping that they are given.
type Mapping struct {
	Name  string // for messages
	Notes string // what a user of the mapping should know; can have several lines

	Input    Input         // how the export is written
	ID       []format.Path // the user's id in the source system; the first path that finds a value counts
	Columns  []Column      // the columns of the user pool; cognito:username can be left out if there is an ID
	Custom   string        // the path of each custom attribute of the pool that no column fills; {name} in it is the name, such as custom:plan. "" means none
	Password Password
	Hashes   *Hashes // a second file with the password hashes; nil if there is none
	Groups   Groups
	Disabled []Condition // a user for whom one of them holds is disabled

	EveryValue  []transform.Transform // run first on every value of the export, the id and the password included
	Ignore      []format.Path         // columns of the export that are left out on purpose
	IgnoreRest  bool                  // all other columns are left out on purpose
	NullWords   []string              // values that count as empty; nil means those of Mapping.Clean, and an empty list means none
	PhoneRegion string                // the region of phone numbers without country code, such as "US"

	Recognize *Recognition // of a preset: how its exports are recognized; nil means by names that no other preset has
}

// Input says how a file is written. The zero value means that everything is recognized.
type Input struct {
	Format    format.Format   // "" means the one that is recognized
	Delimiter byte            // the character between the cells of a table; 0 means the one that is recognized
	Escape    byte            // the escape character of CSV: the character behind it is text; 0 means that backslashes are recognized
	NoHeader  bool            // a table has no header
	Encoding  string          // "" means the one that is recognized
	Table     string          // of a dump in SQL, such as "public.users"; "" means that it has one only
	Records   format.Path     // the path of the records in JSON; the zero Path means the one that is recognized
	Where     []format.Filter // only the records that pass all filters are read
}

// Column says where the value of a column of the user pool comes from. It has one of From, Set and Template. A column whose first
// transform makes a value by itself, such as transform.RandomUUID, needs none.
type Column struct {
	Name       string                // of the column, such as "email" or "custom:plan"
	From       []format.Path         // the first path that finds a value counts
	In         format.Path           // the path of a list, or zero; if not zero, the value is "true" if the list contains the value that From finds, otherwise "false"
	Set        string                // a constant
	Template   transform.Template    // several values; its fields are paths. [transform.ParseTemplate] makes it
	Default    string                // the value if it is empty otherwise
	Transforms []transform.Transform // nil means those of the column's kind, see [Mapping.Chain]; an empty list means none
}

// Password says where the password hash of a user is. The zero value means that the export has none.
type Password struct {
	Kind     PasswordKind
	From     []format.Path // the number and the order depend on Kind
	Peppered bool          // the source system hashes passwords together with a secret; then no bcrypt hash can be kept
}

// PasswordKind is the way in which a password hash is stored. Package pwhash converts them all.
type PasswordKind string

// The kinds. Each comment has the paths of Password.From, in order. For a column or member with one whole hash, such as $2y$10$... of bcrypt,
// use PasswordHash, whatever the algorithm.
const (
	PasswordNone        PasswordKind = ""             // nothing; "none" in a file
	PasswordHash        PasswordKind = "hash"         // the hash, in any form of pwhash.Converter.Convert; several paths can be given, and the first that finds a value counts
	PasswordKeycloak    PasswordKind = "keycloak"     // the whole credential; or credentialData, secretData
	PasswordSplitBcrypt PasswordKind = "split-bcrypt" // the cost, the salt, the hash
	PasswordFusionAuth  PasswordKind = "fusionauth"   // encryptionScheme, factor, salt, password
	PasswordClerk       PasswordKind = "clerk"        // password_digest, password_hasher
	PasswordFirebase    PasswordKind = "firebase"     // passwordHash
)

// passwordParts has the largest number of paths of each kind. PasswordKeycloak can have one less.
var passwordParts = map[PasswordKind]int{
	PasswordNone: 0, PasswordHash: 1, PasswordKeycloak: 2, PasswordSplitBcrypt: 3, PasswordFusionAuth: 4, PasswordClerk: 2, PasswordFirebase: 1,
}

// Hashes is a second file, with the password hashes, that is joined to the export by an id.
type Hashes struct {
	Input    Input
	ID       []format.Path // the user's id in that file; the first path that finds a value counts
	Password Password
	Key      Key // the same id in the export; the zero Key means Mapping.ID
}

// Key is a value of the export.
type Key struct {
	From       []format.Path // the first path that finds a value counts
	Transforms []transform.Transform
}

// Groups says where the groups of a user are. The zero value means that the export has none.
type Groups struct {
	From       []format.Path         // each finds an array, or a text; the groups of all of them count
	Separator  string                // between the groups in a text; "" means a comma
	Transforms []transform.Transform // of each group; nil means transform.Trim, and an empty list means none
}
