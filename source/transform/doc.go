// Package transform has functions that bring one value of another system's export into the form that a user import
// takes: trim, lower case, phone numbers to E.164, dates, Booleans and others.
//
//	v, err := transform.Phone{Region: "DE"}.Apply("030 123456") // "+4930123456"
//
// Each [Transform] is a small value with a name, under which a mapping file uses it. [Parse] finds it by that name:
//
//	name               type               what it does
//	trim               Trim               removes white space at both ends
//	lower              Lower              makes lower case
//	nfc                NFC                composes characters: Unicode normalization form C
//	one-line           OneLine            makes each line break a space; refuses NUL characters
//	apostrophe         Apostrophe         removes one apostrophe at the start, which guards a spreadsheet from formulas
//	null=WORD|WORD     Null               removes a value that is one of the words; without words, \N, NULL, null, nil and N/A
//	phone=REGION       Phone              writes a phone number in E.164; without a region, numbers need their country code
//	prefix=TEXT        Prefix             puts a text before the value, unless the value begins with it
//	after=TEXT         After              keeps what follows a text; removes a value that does not have it
//	date=LAYOUT        Date               writes a day as mm/dd/yyyy, for birthdate
//	epoch=UNIT         Epoch              writes a time as seconds since 1970, for updated_at; the unit of numbers is s or ms
//	bool               Bool               true or false, from words such as yes, t, 1 and ja
//	non-empty          NonEmpty           true if there is a value, otherwise false
//	equals=WORD|WORD   Equals             true if the value is one of the words, otherwise false
//	cut=N              Cut                cuts a value after N characters
//	max-length=N       MaxLength          refuses a value of more than N characters
//	local-part         LocalPart          keeps what precedes the @ of an e-mail address
//	uuid               RandomUUID         makes a random UUID, whatever the value
//	uuid5=NAMESPACE    NameUUID           makes a UUID that is always the same for the same value
//
// An empty value means that there is none. All but NonEmpty, Equals and RandomUUID leave it empty, and none refuses it.
//
// A transform that changes nothing returns the value itself and allocates no memory. All can be used by several
// goroutines at once. [Chain] applies several, one after the other, and is faster than calling each.
//
// An error is an *[Error], with a [Code] and a remedy. It never contains the value, which is personal data.
package transform
