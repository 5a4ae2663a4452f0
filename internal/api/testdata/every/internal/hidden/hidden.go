// Package hidden has types that a caller can reach, but not name.
package hidden

//api:want type hidden.Reached struct
//api:want type hidden.Reached struct, comparable
//api:want type hidden.Reached struct, field Further *hidden.Further
//api:want method (hidden.Reached) Get() hidden.Kind
type Reached struct{ Further *Further }

// Get leads to one more type.
func (Reached) Get() Kind { return 0 }

//api:want type hidden.Further struct
//api:want type hidden.Further struct, comparable
type Further struct{}

//api:want type hidden.Kind int
type Kind int

// Unreached is in no signature.
type Unreached struct{}
