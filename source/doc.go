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
//	password: bcrypt
//	ignore_rest: true
//
// [Preset] has mappings for the exports of other systems, and [Suggest] proposes one for an unknown table.
//
// [Open] reads an export with a mapping: each [Row] has the values of the columns, what an import job does not take (the id, the groups,
// whether the user is disabled), and all that is wrong with it, in the places of the export. [Inspect] says beforehand what is in an export, and
// how it would be mapped.
//
// # Mapping files
//
// All keys can be left out. Unknown keys are errors. A path is as in [format.ParsePath]. Where a path is allowed, a list of paths
// is too, unless it says otherwise; the first that finds a value counts.
//
//	name             a name, for messages
//	notes            what a user of the mapping should know
//	format           csv, json, ndjson or pgcopy; recognized if left out
//	delimiter        the character between the cells of a table, or tab; recognized if left out
//	escape           the character that makes text of the one behind it in CSV, such as \ for ESCAPED BY of MySQL; recognized if left out
//	header           false if a table has no header; its columns are #1, #2 and so on
//	encoding         the encoding of the text, such as windows-1252; recognized if left out
//	table            the table of a dump in SQL, such as users or public.users; the only one if left out
//	records          the path of the records in JSON, such as users[*]; recognized if left out
//	where            keeps the records that have a value: model=auth.user, or none: deleted_at=null; a list of these keeps those that pass all
//	id               the user's id in the source system
//	columns          the columns of the user pool, each with a path or with the keys below
//	custom           the path of each custom attribute of the pool that no column fills; {name} in it is the name, such as custom:plan
//	password         the path of the password hash, or the keys below
//	hashes           a second file with the password hashes, with the keys below
//	groups           the groups of the user, or the keys below
//	disabled         what says that the user is disabled: a path to a Boolean, or the keys below, or a list of these
//	every_value      transforms of every value of the export, of the id and the password too, before all else
//	ignore           columns of the export that are left out on purpose
//	ignore_rest      true if all other columns are left out on purpose
//	null_words       values that mean that there is none; [] means that no value does
//	phone_region     the region of phone numbers without country code, such as US
//	recognize        what an export must have to be recognized as that of a preset, with the keys below
//
// A column has one of from, set and template:
//
//	from             the path
//	in               the path of a list; the value is true if the list has the value of from
//	set              a constant
//	template         several values, each path between braces: "{given_name} {family_name}"
//	default          what an empty value is replaced with
//	transforms       transforms, as in package transform; [] means none. If left out, the kind of the column decides:
//	                 see [Mapping.Explain]
//
// A password has:
//
//	kind             hash (one value that says by itself what it is), keycloak, split-bcrypt, fusionauth, clerk, firebase, or none
//	from             the paths of the parts, in the order of [PasswordKind]
//	peppered         true if the source system hashes passwords together with a secret
//
// hashes has the keys format, delimiter, escape, header, encoding, table, records and where for that file, and:
//
//	id               the path of the user's id in that file
//	password         the password, as above
//	key              the path in the export that has the same id, or from and transforms; the mapping's id if left out
//
// groups has:
//
//	from             the paths, each of a list or of a text; the groups of all of them count
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
