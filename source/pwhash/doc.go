// Package pwhash recognizes password hashes as other systems store them. It converts them into the forms that an
// Amazon Cognito user import job takes, so that users keep their passwords, or says why a password cannot be kept.
//
//	h, err := pwhash.Converter{}.Convert("pbkdf2_sha256$260000$YeF5Yhg0cGRrwhp2fUFyvA$mb...=") // as Django stores it
//	if err != nil {
//		log.Print(err)    // has what was recognized and what to do, and never the hash
//	}
//	row["password_hash"] = h.Value // "" if the user has no password, or cannot keep it
//
// The error is an *[Error]. errors.Is tells its [Reason], such as [OverLimit] or [Unsupported]. A user without a password is no error: the
// [Hash] has the Scheme [NoPassword]. In both cases the Value is "", and the user can be imported without a hash.
//
// A job takes hashes of one algorithm, [Hash].Algorithm. A source with several needs a job for each. A user whose cell
// is empty is imported in a job of any algorithm, without a password, and must reset it.
//
// # What can be kept
//
// A conversion only rewrites: it needs no password, and the new form verifies the same password as the old. The
// service limits the parameters.
//
//	algorithm       limits                 stored by
//	BCRYPT          cost 12                PHP and Laravel, Ruby and Devise, Node.js, Auth0, Supabase, SuperTokens, Kratos,
//	                                       FusionAuth, Okta's API, Clerk, Apache, Django (bcrypt$), Spring ({bcrypt}), LDAP ({CRYPT})
//	SCRYPT          N 65536, r 8, p 1      Django, Werkzeug, Spring ({scrypt}), passlib, PHC strings, Kratos
//	ARGON2ID        m 19456, t 2, p 1      PHC strings, Django, Spring ({argon2}), Keycloak, LDAP ({ARGON2})
//	PBKDF2_SHA256   600,000 iterations     Django, passlib, Werkzeug, PHC strings, Auth0, Kratos, OpenLDAP, 389 Directory Server,
//	                                       Keycloak, ASP.NET Core Identity, Spring ({pbkdf2@SpringSecurity_v5_8}), FusionAuth, Clerk
//
// Many systems hash with more than that by default: Django 5 with PBKDF2, and nearly all with Argon2id. [OverLimit] is
// the reason of their errors.
//
// The parts can be stored apart. [Converter.Keycloak], [Converter.FusionAuth] and [Converter.SplitBcrypt] take them. Use
// [Converter.Clerk] for an export of Clerk, since one of its forms looks like Django's and is another.
//
// # What cannot
//
//	scheme                                 stored by
//	bcrypt of a digest or an HMAC          Django (bcrypt_sha256$), passlib ($bcrypt-sha256$), WordPress since 6.8 ($wp$)
//	bcrypt with a pepper                   Devise if so configured, Clerk (bcrypt_peppered): set [Converter].Peppered, since no hash tells
//	bcrypt with the prefix $2$             software of the last century
//	Argon2i, Argon2d                       PHP, OpenLDAP and others, if so configured
//	PBKDF2 with SHA-1 or SHA-512           ASP.NET Identity 2 and ASP.NET Core Identity since 7, Keycloak 24, passlib ($pbkdf2$, $pbkdf2-sha512$), LDAP
//	scrypt with r above 8                  Better Auth
//	Firebase scrypt                        Firebase, and $fbscrypt$, $firescrypt$ and $f_scrypt$ of systems that imported from it
//	phpass                                 WordPress before 6.8 ($P$), phpBB ($H$), Drupal ($S$)
//	crypt(3)                               Unix and LDAP: $1$, $5$, $6$, $y$ and others
//	MD5, SHA and NT digests                hex, or {SSHA}, {MD5} and others in braces
//	plain text                             {noop} of Spring, {CLEARTEXT} of LDAP
//
// # Form
//
// Salts and keys are decoded and encoded again: unused bits at the end of base64 become 0, and padding is removed. A
// key of PBKDF2 or scrypt is cut to 32 bytes, which is what the algorithm gives for 32 bytes; shorter ones are refused.
// A hash of Argon2id keeps its length. A salt keeps its length, also where that is not the 16 bytes of the service's examples.
//
// No public page says whether a job reads "+" or "." as the base64 value 62 of PBKDF2_SHA256. The default is "+";
// [Converter].PasslibAlphabet makes it ".". Nor does one say which lengths of salts, and which lengths of Argon2id hashes, a job
// takes. Before a large migration, import a few users and let them sign in.
//
// An ARGON2ID hash has commas. [importjob.Writer] escapes them.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
package pwhash
