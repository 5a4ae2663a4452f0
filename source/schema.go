package source

import _ "embed"

//go:embed mapping.schema.json
var schemaText string

// Schema returns the JSON schema of mapping files, draft 2020-12. Editors check and complete mapping files with it.
func Schema() string { return schemaText }
