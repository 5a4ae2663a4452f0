package source_test

// presetWant is what the presets make of the files of testdata/presets. The name of a file begins with that of its preset.
var presetWant = map[string][]values{
	"aspnet.csv": {
		{"cognito:username": "ann.lee", "disabled": "true", "email": "ann.lee@example.com", "email_verified": "true", "id": "f4b1ce2f", "password": "AQAAAAEAACcQAAAAEA==", "phone_number": "+12015550123", "phone_number_verified": "false"},
		{"cognito:username": "bob", "email_verified": "false", "id": "f4b1ce2e", "phone_number_verified": "false"},
	},
	"auth0-csv.csv": {
		{"cognito:username": "ann.lee", "disabled": "true", "email": "ann.lee@example.com", "email_verified": "true", "family_name": "O'Lee", "given_name": "Ann", "id": "auth0|5f7c8ec7c33c6c004bbafe82", "name": `Ann "A" Lee`, "nickname": "ann", "phone_number": "+12015550123", "phone_number_verified": "false", "picture": "https://example.com/a.png", "updated_at": "1927857906"},
	},
	"auth0.json": {
		{"cognito:username": "ann.lee", "disabled": "true", "email": "ann.lee@example.com", "email_verified": "true", "family_name": "Lee", "given_name": "Ann", "id": "auth0|5f7c8ec7c33c6c004bbafe82", "name": "Ann Lee", "nickname": "ann", "phone_number": "+12015550123", "phone_number_verified": "false", "picture": "https://example.com/a.png", "updated_at": "1927857906"},
		{"cognito:username": "google-oauth2|1", "email": "bob@example.com", "email_verified": "false", "id": "google-oauth2|1"},
	},
	"azure-b2c.json": {
		{"cognito:username": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c11", "disabled": "true", "email": "ann.lee@example.com", "family_name": "Lee", "given_name": "Ann", "id": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c11", "locale": "en", "name": "Ann Lee", "phone_number": "+12015550123"},
		{"cognito:username": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c12", "email": "bob@example.com", "id": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c12"},
	},
	"clerk.csv": {
		{"cognito:username": "ann.lee", "email": "ann.lee@example.com", "email_verified": "true", "family_name": "Lee", "given_name": "Ann", "id": "user_2YDryYFVMM1W1plDDKz7Gzf4we6", "password": "$2a$10$abc bcrypt", "phone_number": "+12015550123", "phone_number_verified": "false"},
		{"cognito:username": "user_2YDryYFVMM1W1plDDKz7Gzf4we7", "email": "bob@example.com", "email_verified": "false", "family_name": "Lee", "given_name": "Bob", "id": "user_2YDryYFVMM1W1plDDKz7Gzf4we7", "phone_number_verified": "false"},
	},
	"cognito-csv.csv": {
		{"birthdate": "02/01/1985", "cognito:mfa_enabled": "false", "cognito:username": "ann.lee", "email": "ann.lee@example.com", "email_verified": "true", "family_name": "Null", "given_name": "Ann", "locale": "en", "name": "Ann Lee", "phone_number": "+12015550123", "phone_number_verified": "false", "updated_at": "1927857906"},
	},
	"cognito.json": {
		{"birthdate": "02/01/1985", "cognito:username": "ann.lee", "disabled": "true", "email": "ann.lee@example.com", "email_verified": "true", "given_name": "Ann", "id": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c11", "phone_number": "+12015550123", "updated_at": "1927857906"},
		{"birthdate": "02/01/1985", "cognito:username": "bob", "id": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c12"},
	},
	"devise.csv": {
		{"cognito:username": "7", "disabled": "true", "email": "ann.lee@example.com", "email_verified": "true", "id": "7", "password": "$2a$12$abc", "updated_at": "1927857906"},
		{"cognito:username": "8", "email": "bob@example.com", "email_verified": "false", "id": "8", "updated_at": "1927857906"},
	},
	"django-table.csv": {
		{"cognito:username": "ann.lee", "disabled": "true", "email": "ann.lee@example.com", "family_name": "Lee", "given_name": "Ann", "id": "7", "password": "pbkdf2_sha256$260000$abc$def="},
	},
	"django.json": {
		{"cognito:username": "ann.lee", "disabled": "true", "email": "ann.lee@example.com", "family_name": "Lee", "given_name": "Ann", "groups": "staff;sales;", "id": "7", "password": "pbkdf2_sha256$260000$YeF5Yhg0cGRrwhp2fUFyvA$bWFkZSB1cCBmb3IgdGhpcyB0ZXN0IG9mIGltcG9ydHM="},
		{"cognito:username": "bob", "id": "8", "password": "!"},
	},
	"firebase-csv.csv": {
		{"cognito:username": "8Yq3kTq1dXgC", "disabled": "true", "email": "ann.lee@example.com", "email_verified": "true", "id": "8Yq3kTq1dXgC", "name": "Lee, Ann", "password": "lSrfV15cpx95/sZS2W9c9A==", "phone_number_verified": "false"},
		{"cognito:username": "8Yq3kTq1dXgD", "email_verified": "false", "id": "8Yq3kTq1dXgD", "phone_number": "+12015550123", "phone_number_verified": "true"},
	},
	"firebase.json": {
		{"cognito:username": "8Yq3kTq1dXgC", "disabled": "true", "email": "ann.lee@example.com", "email_verified": "true", "id": "8Yq3kTq1dXgC", "name": "Ann Lee", "password": "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==", "phone_number_verified": "false", "picture": "https://example.com/a.png"},
		{"cognito:username": "8Yq3kTq1dXgD", "email_verified": "false", "id": "8Yq3kTq1dXgD", "phone_number": "+12015550123", "phone_number_verified": "true"},
	},
	"fusionauth-table.csv": {
		{"birthdate": "02/01/1985", "cognito:username": "ann.lee", "disabled": "true", "email": "ann.lee@example.com", "email_verified": "true", "family_name": "Lee", "given_name": "Ann", "id": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c11", "name": "Ann Lee", "password": "bcrypt 10 s h", "phone_number": "+12015550123", "updated_at": "1927857906"},
		{"cognito:username": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c12", "email": "bob@example.com", "email_verified": "false", "id": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c12", "updated_at": "1927857906"},
	},
	"fusionauth.json": {
		{"birthdate": "02/01/1985", "cognito:username": "ann.lee", "disabled": "true", "email": "ann.lee@example.com", "email_verified": "true", "family_name": "Lee", "given_name": "Ann", "id": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c11", "locale": "en", "name": "Ann Lee", "password": "bcrypt 10 s h", "phone_number": "+12015550123", "updated_at": "1927857906"},
		{"cognito:username": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c12", "email": "bob@example.com", "email_verified": "false", "id": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c12", "updated_at": "1927857906"},
	},
	"keycloak.json": {
		{"cognito:username": "ann.lee", "disabled": "true", "email": "ann.lee@example.com", "email_verified": "true", "family_name": "Lee", "given_name": "Ann", "groups": "staff;staff/sales;", "id": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c11", "locale": "en", "password": `{"id":"1","type":"password","createdDate":1893456000000,"secretData":"{\"value\":\"v\",\"salt\":\"s\",\"additionalParameters\":{}}","credentialData":"{\"hashIterations\":27500,\"algorithm\":\"pbkdf2-sha256\",\"additionalParameters\":{}}"}`, "phone_number": "+12015550123"},
		{"cognito:username": "bob", "email_verified": "false", "id": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c12"},
	},
	"kratos.json": {
		{"cognito:username": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c11", "disabled": "true", "email": "ann.lee@example.com", "email_verified": "true", "family_name": "Lee", "given_name": "Ann", "id": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c11", "password": "$2a$12$abc", "phone_number_verified": "false", "updated_at": "1927857906"},
		{"cognito:username": "bob", "email_verified": "false", "id": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c12", "phone_number_verified": "false"},
	},
	"laravel.csv": {
		{"cognito:username": "7", "email": "ann.lee@example.com", "email_verified": "true", "id": "7", "name": "Ann Lee", "password": "$2y$12$abc", "updated_at": "1927857906"},
		{"cognito:username": "8", "email": "bob@example.com", "email_verified": "false", "id": "8", "name": "Bob Lee", "password": "$2y$12$abc"},
	},
	"mysql.csv": {
		{"birthdate": "02/01/1985", "cognito:username": "ann.lee", "disabled": "true", "email": "ann.lee@example.com", "email_verified": "true", "family_name": "Lee", "given_name": "Ann", "id": "7", "password": "$2y$10$abc", "updated_at": "1927857906"},
		{"cognito:username": "bob", "email_verified": "false", "family_name": "Lee", "given_name": "Bob", "id": "8"},
	},
	"okta.json": {
		{"cognito:username": "ann.lee@example.com", "disabled": "true", "email": "ann.lee@example.com", "email_verified": "true", "family_name": "Lee", "given_name": "Ann", "id": "00ub0oNGTSWTBKOLGLNR", "phone_number": "+12015550123", "updated_at": "1927857906"},
		{"cognito:username": "bob", "email": "bob@example.com", "email_verified": "false", "id": "00ub0oNGTSWTBKOLGLNS", "phone_number": "+12015550124"},
	},
	"postgres.plain.csv": {
		{"cognito:username": "7", "email": "ann.lee@example.com", "id": "7", "password": "$2a$10$abc", "phone_number_verified": "true"},
	},
	"postgres.sql": {
		{"birthdate": "02/01/1985", "cognito:username": "ann.lee", "disabled": "true", "email": "ann.lee@example.com", "email_verified": "true", "family_name": "Null", "given_name": "Ann", "id": "7", "password": "$2a$10$abc", "phone_number": "+12015550123", "updated_at": "1927857906"},
		{"cognito:username": "bob", "email_verified": "false", "given_name": "Bob", "id": "8"},
	},
	"spring.csv": {
		{"cognito:username": "ann.lee", "disabled": "true", "email": "ann.lee@example.com", "id": "ann.lee", "password": "{bcrypt}$2a$10$abc"},
	},
	"supabase.csv": {
		{"cognito:username": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c11", "disabled": "true", "email": "ann.lee@example.com", "email_verified": "true", "id": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c11", "name": "Ann Lee", "password": "$2a$10$abc", "phone_number": "+12015550123", "phone_number_verified": "false", "updated_at": "1927857906"},
		{"cognito:username": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c12", "email_verified": "false", "id": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c12", "phone_number": "+12015550124", "phone_number_verified": "true", "updated_at": "1927857906"},
	},
	"supertokens.csv": {
		{"cognito:username": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c11", "email": "ann.lee@example.com", "id": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c11", "password": "$2a$11$abc"},
		{"cognito:username": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c12", "email": "bob@example.com", "id": "f4b1ce2f-8c5a-4d2e-9d5b-0f4f6a1f2c12"},
	},
	"wordpress.csv": {
		{"cognito:username": "ann.lee", "email": "ann.lee@example.com", "family_name": "Lee", "given_name": "Ann", "groups": "editor,author;", "id": "7", "name": "Ann Lee", "password": "$P$BDDc71nM67DbOVN/U50WFGII6EF6.r1", "website": "https://example.com"},
	},
	"wordpress.table.csv": {
		{"cognito:username": "ann.lee", "disabled": "true", "email": "ann.lee@example.com", "id": "7", "name": "Ann Lee", "password": "$P$BDDc71nM67DbOVN/U50WFGII6EF6.r1"},
	},
}
