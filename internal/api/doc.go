// Package api keeps the exported surface of the module's packages in text, one file a package in
// testdata. A change of the surface then shows in review as a change of such a file. The package has
// tests only.
//
// After a change that is meant, write the files anew:
//
//	go test ./internal/api -update
//
// The first line of a file tells the package and how many names it exports: constants, variables,
// functions and types. The imports that follow are the packages whose types the surface names.
// The other lines are sorted, one for each exported name, field and method, in the manner of the
// files in the folder api of Go itself:
//
//   - A constant has its value.
//   - A struct says whether it is comparable, and whether it has unexported fields: a caller can
//     tell from what compiles.
//   - A promoted field is one of an unexported embedded struct. It cannot be set in a literal.
//   - What an exported embedded type promotes is left out, since the line of that type implies it.
//   - The methods of an interface include those of the interfaces that it embeds.
//   - A type that a caller reaches but cannot name, because it is unexported or in an internal
//     package, is listed too. It does not count as an exported name.
package api
