package source_test

import (
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/source"
)

// A dump of pg_dump has all tables of a Supabase project. The preset knows which one has the users.
func TestSupabaseDump(t *testing.T) {
	const dump = "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n" +
		"CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql AS $$\n  select 'COPY x (a) FROM stdin;';\n$$;\n\n" +
		"COPY auth.audit_log_entries (instance_id, id) FROM stdin;\n\\.\n\n\nCOPY auth.schema_migrations (version) FROM stdin;\n20171026211738\n\\.\n\n" +
		"COPY auth.users (id, email, encrypted_password, email_confirmed_at, raw_user_meta_data, banned_until, phone, phone_confirmed_at, deleted_at) FROM stdin;\n" +
		"12e94139-e89d-4d54-85ac-0b98bb646af2\tann@example.com\t$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy\t2026-02-06 23:39:58.820733+00\t{\"name\": \"Ann \\\\\"A\\\\\" Lee\"}\t\\N\t\\N\t\\N\t\\N\n" +
		"22e94139-e89d-4d54-85ac-0b98bb646af2\tgone@example.com\t\t2026-02-06 23:39:58.820733+00\t{}\t\\N\t\\N\t\\N\t2026-02-07 00:00:00+00\n" +
		"\\.\n\nCOPY public.users (id, name) FROM stdin;\n1\tx\n\\.\n"
	for name, o := range map[string]source.Options{"the preset": {From: "supabase"}, "the table": {Edits: source.Edits{Table: "auth.users"}}} {
		t.Run(name, func(t *testing.T) {
			s := openText(t, "", "dump.sql", dump, o)
			assert.Equal(t, "supabase", s.Describe().Mapping)
			row, err := s.Next()
			require.NoError(t, err)
			assert.Empty(t, row.Findings)
			assert.Contains(t, row.Values, `Ann "A" Lee`)
			assert.NotEmpty(t, row.Hash.Value)
			_, err = s.Next()
			assert.Equal(t, io.EOF, err, "who was deleted is no user")
		})
	}
}
