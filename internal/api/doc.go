// Package api tests that the exported API of the module changes only on purpose. It contains only tests.
//
// The folder testdata has one text file for each package of the module, which lists the exported API
// of the package. The test fails if a file differs from the code. After an intended change, update
// the files, so that a reviewer sees the change of the API in them:
//
//	go test ./internal/api -update
//
// The first line of a file has the path of the package and the number of names that it exports:
// constants, variables, functions and types. The next lines are the imports of the packages whose
// types the API uses. The other lines are sorted. There is one for each exported name, field and
// method, in the style of the files in the folder api of the Go repository:
//
//   - The line of a constant has its value.
//   - The lines of a struct tell whether it is comparable, and whether it has unexported fields,
//     since both decide which code of a caller compiles.
//   - A promoted field is a field of an embedded unexported struct. A caller cannot set it in a
//     literal.
//   - The fields and methods that an embedded exported type promotes have no lines, since the line
//     of that type implies them.
//   - The methods of an interface include the methods of the interfaces that it embeds.
//   - A type that is unexported or in an internal package has lines too if a caller can get a value
//     of it. It does not count as an exported name.
package api
