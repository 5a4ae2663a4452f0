package source

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// synonyms has the names that columns of exports often have, by column of the pool, in the form of [plainName]. In the order of
// preference.
var synonyms = map[string][]string{
	"cognito:username": {"username", "cognitousername", "login", "loginname", "userlogin", "samaccountname", "benutzername", "benutzer", "anmeldename", "nomutilisateur", "identifiant", "usuario", "nombredeusuario"},
	"email": {"email", "emailaddress", "mail", "mailaddress", "useremail", "primaryemail", "primaryemailaddress", "emailadresse", "mailadresse", "courriel", "adressemail",
		"adresseemail", "correo", "correoelectronico", "contactemail"},
	"email_verified":        {"emailverified", "isemailverified", "emailconfirmed", "mailverified", "verifiedemail"},
	"phone_number":          {"phonenumber", "phone", "mobile", "mobilephone", "mobilenumber", "cell", "cellphone", "telephone", "tel", "telephonenumber", "primaryphone", "primaryphonenumber", "telefon", "telefonnummer", "handy", "handynummer", "mobil", "mobilnummer", "mobiltelefon", "telephoneportable", "telefono", "movil"},
	"phone_number_verified": {"phonenumberverified", "phoneverified", "isphoneverified", "phoneconfirmed", "phonenumberconfirmed", "mobileverified"},
	"given_name":            {"givenname", "firstname", "forename", "fname", "vorname", "prenom", "nombre"},
	"family_name":           {"familyname", "lastname", "surname", "lname", "sn", "nachname", "familienname", "nomdefamille", "apellido", "apellidos"},
	"middle_name":           {"middlename", "secondname", "zweitername", "deuxiemeprenom"},
	"name":                  {"name", "fullname", "displayname", "cn", "vollername", "nomcomplet", "nombrecompleto", "anzeigename"},
	"nickname":              {"nickname", "nick", "spitzname", "alias", "surnom"},
	"preferred_username":    {"preferredusername", "handle", "screenname"},
	"profile":               {"profile", "profileurl"},
	"picture":               {"picture", "photo", "photourl", "avatar", "avatarurl", "image", "imageurl", "profilepicture"},
	"website":               {"website", "url", "homepage", "webpage", "userurl"},
	"gender":                {"gender", "sex", "geschlecht", "sexe", "genero", "sexo"},
	"birthdate":             {"birthdate", "birthday", "dateofbirth", "dob", "birthdt", "geburtsdatum", "geburtstag", "datedenaissance", "fechadenacimiento"},
	"zoneinfo":              {"zoneinfo", "timezone", "tz", "zeitzone"},
	"locale":                {"locale", "language", "lang", "preferredlanguage", "sprache", "langue", "idioma"},
	"address":               {"address", "streetaddress", "postaladdress", "anschrift", "adresse", "direccion"},
	"updated_at":            {"updatedat", "lastupdated", "modifiedat", "lastmodified", "updated", "modified", "geandertam", "geaendertam"},
	"cognito:mfa_enabled":   {"mfaenabled", "cognitomfaenabled"},
}

// verifiedWhen has the columns that have a time if an address is verified.
var verifiedWhen = map[string][]string{
	"email_verified":        {"emailverifiedat", "emailconfirmedat", "confirmedat", "emailverificationdate"},
	"phone_number_verified": {"phoneverifiedat", "phoneconfirmedat", "phonenumberverifiedat"},
}

// The names of the columns that are no attributes of users.
var (
	idNames       = []string{"id", "userid", "uid", "uuid", "guid", "pk", "customerid", "customerno", "externalid", "sub", "kundennummer"}
	passwordNames = []string{"passwordhash", "encryptedpassword", "passworddigest", "hashedpassword", "password", "userpass", "passwd", "pwhash", "kennwort", "passwort", "motdepasse"}
	groupNames    = []string{"groups", "group", "roles", "role", "memberof", "gruppen", "gruppe", "rollen", "rolle", "groupes"}
	disabledNames = []string{"disabled", "isdisabled", "blocked", "isblocked", "banned", "suspended", "locked", "gesperrt", "deaktiviert"}
	enabledNames  = []string{"enabled", "isenabled", "active", "isactive", "aktiv", "actif", "activo"}
)

// plainName returns the letters and digits of a name in lower case, without accents: "E-Mail Adresse" is "emailadresse".
func plainName(name string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(name) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}
