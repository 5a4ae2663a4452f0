// Package source turns exports of other systems into the rows of a user import.
//
// A [Mapping] says how: what the export looks like, which of its values become which columns of a user pool, and through which
// transforms. It is data: [Parse] reads it from a YAML file, and [Mapping.Marshal] writes it.
//
//	name: shop
//	id: customer_no
//	columns:
//	  cognito:username: customer_no
//	  email: mail
//	  email_verified: {from: confirmed_at, transforms: [non-empty]}
//	  name: {template: "{first} {last}"}
//	  locale: {set: de}
//	password: pass_digest
//	ignore_rest: true
//
// Here customer_no, mail and the like are columns of the export. The hashes in pass_digest can be of any kind that package pwhash
// recognizes.
//
// [Preset] has mappings for the exports of other systems, and [Suggest] proposes one for an unknown table.
//
// # Which function
//
//	to look at an export                    [Inspect] reads all of it. Print the [Report], or its field MappingFile, which is the mapping as YAML.
//	to get the mapping only                 [Open], then [Source.Mapping] and [Mapping.Marshal]. Open reads only the beginning of each file.
//	to read the users                       [Open], then [Source.Next] until io.EOF. Each [Row] has the values of the columns, what an import
//	                                        job does not take (the id, the groups, whether the user is disabled), and its Findings.
//	to find duplicate usernames             [Open] with [Options].FindDuplicates, or Inspect.
//	to import the users                     bulk.Export, which calls Open.
//
// A [Finding] is one reason why a user cannot be imported, with the file, the line and the record. A user whose only fault is an unusable
// password hash has no Finding: [Row].Lost says why, and the user is imported without a password.
//
// The pool decides the columns of the rows, which values are valid, and what a username is: see [Mapping.ForPool]. Its PasswordHashes
// has no effect here: rows have hashes if the mapping has a password.
//
// Texts in [Report], [Finding] and [OptionError] name remedies as flags of the importjob command. Each flag has its field:
// --phone-region is [Edits].PhoneRegion, --map is Edits.Columns, and --hashes is [Options].Hashes.
//
// # Mapping files
//
// All keys can be left out. Unknown keys are errors. A path is as in [format.ParsePath]: it begins at the record, not at the whole file.
// Where a path is allowed, a list of paths is too, unless this page says otherwise; the first path that finds a value counts.
//
//	name             a name, for messages
//	notes            what a user of the mapping should know
//	format           csv, json, ndjson or pgcopy; recognized if left out
//	delimiter        the character between the cells of a table, or tab; recognized if left out
//	escape           the escape character of a CSV file, such as \ for ESCAPED BY of MySQL: the character behind it is text; recognized if left out
//	header           false if a table has no header; its columns are #1, #2 and so on
//	encoding         the encoding of the text, such as windows-1252; recognized if left out
//	table            the table of a dump in SQL that is read, such as users or public.users; the only table if left out
//	records          the path of the records in JSON, such as users[*]; recognized if left out
//	where            keeps the records that have a value: model=auth.user, or none: deleted_at=null; a list of these keeps those that pass all
//	id               the user's id in the source system
//	columns          the columns of the user pool, each with a path or with the keys below
//	custom           the path of each custom attribute of the pool that no column fills; {name} in it is the name, such as custom:plan
//	password         the path of the password hash, or the keys below
//	hashes           a second file with the password hashes, with the keys below
//	groups           the path of the groups of the user, or the keys below
//	disabled         what says that the user is disabled: a path to a Boolean, or the keys below, or a list of these
//	every_value      transforms that run first on every value of the export, the id and the password included
//	ignore           columns of the export that are left out on purpose
//	ignore_rest      true if all other columns are left out on purpose
//	null_words       values that count as empty, such as NULL; [] means that no value does. The default is in [Mapping.Clean]
//	phone_region     the region of phone numbers without country code, such as US
//	recognize        for presets: what an export must have so that the preset is chosen for it, with the keys below
//
// A column has one of from, set and template:
//
//	from             the path
//	in               the path of a list; the column is true if the list contains the value that from finds, otherwise false
//	set              a constant
//	template         several values, each path between braces: "{given_name} {family_name}"
//	default          the value of the column where it is empty otherwise
//	transforms       transforms, as in package transform; [] means none. If left out, the kind of the column decides:
//	                 see [Mapping.Explain]
//
// A password has:
//
//	kind             hash (one value; its form says which algorithm it is; the default), keycloak, split-bcrypt, fusionauth, clerk, firebase, or none
//	from             the paths of the parts, in the order of [PasswordKind]
//	peppered         true if the source system hashes passwords together with a secret
//
// hashes has the keys format, delimiter, escape, header, encoding, table, records and where for that file, and:
//
//	id               the path of the user's id in that file
//	password         the password, as above
//	key              the path of the same id in the export, or from and transforms; the mapping's id if left out
//
// groups has:
//
//	from             the paths. Each finds a list or a text. Here all paths count, not only the first that finds a value
//	separator        what is between the groups in a text; a comma if left out
//	transforms       transforms of each group; trim if left out
//
// disabled has:
//
//	from             one path
//	when             true or false (the value as a Boolean), non-empty, future (a time that has not come), or a list of words
//
// recognize is for presets whose names alone do not tell their exports from others. All of it must hold:
//
//	columns          columns that the export must have, all of them
//	cells            the numbers of columns that the table can have: a number or a list
//	values           by path, a regular expression that must find something in each value of the first 100 records; a missing value is
//	                 empty. They are not looked at in a pipe
//
// [Schema] returns a JSON schema of all this, for editors.
package source
