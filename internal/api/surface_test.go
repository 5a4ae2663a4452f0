package api

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/types"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// surface collects the lines that describe what a package exports.
type surface struct {
	pkg     *types.Package
	module  string                           // the path of the module that the package is in
	load    func(path string) *types.Package // gives another package of the module
	lines   []string                         // with marks for package names
	named   map[string]*types.Package        // the packages that the lines name, by path
	pending []*types.TypeName                // types that a caller reaches but cannot name
	reached map[string]bool                  // those that were ever pending, by mark and name
}

// describe returns the text of the file for a package, and the number of names that it exports.
func describe(pkg *types.Package, module string, load func(path string) *types.Package) (text string, names int) {
	s := surface{pkg: pkg, module: module, load: load, named: map[string]*types.Package{}, reached: map[string]bool{}}
	for _, name := range pkg.Scope().Names() {
		if ast.IsExported(name) {
			names++
			s.object(pkg.Scope().Lookup(name))
		}
	}
	for len(s.pending) > 0 {
		next := s.pending[0]
		s.pending = s.pending[1:]
		s.typeName(next)
	}
	imports, lines := s.resolve()
	plural := "s"
	if names == 1 {
		plural = ""
	}
	header := fmt.Sprintf("# %s: %d exported name%s", pkg.Path(), names, plural)
	return strings.Join(slices.Concat([]string{header}, imports, lines), "\n") + "\n", names
}

// mark stands for the name of a package until all packages are known that the lines name.
func (s *surface) mark(pkg *types.Package) string {
	s.named[pkg.Path()] = pkg
	return "\x00" + pkg.Path() + "\x00"
}

// marked finds a mark and the name that it qualifies. Neither a path nor quoted text has a zero byte.
var marked = regexp.MustCompile(`\x00([^\x00]*)\x00\.([\pL_][\pL\p{Nd}_]*)`)

// line adds a line, and notes which types it lets a caller reach.
func (s *surface) line(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	s.lines = append(s.lines, line)
	for _, mention := range marked.FindAllStringSubmatch(line, -1) {
		where, name := mention[1], mention[2]
		if s.reached[mention[0]] || !s.unnameable(where, name) {
			continue
		}
		s.reached[mention[0]] = true
		pkg := s.pkg
		if where != s.pkg.Path() {
			pkg = s.load(where)
		}
		s.pending = append(s.pending, pkg.Scope().Lookup(name).(*types.TypeName))
	}
}

// unnameable reports whether a type is the module's, but not one that a caller can name.
func (s *surface) unnameable(where, name string) bool {
	if where != s.module && !strings.HasPrefix(where, s.module+"/") {
		return false
	}
	return !ast.IsExported(name) || where != s.pkg.Path() && internal(where)
}

// internal reports whether only packages nearby may import the package.
func internal(path string) bool { return slices.Contains(strings.Split(path, "/"), "internal") }

// resolve sorts the lines and puts names in the place of marks. Packages that share a name are told apart by path.
func (s *surface) resolve() (imports, lines []string) {
	delete(s.named, s.pkg.Path())
	sharing := map[string]int{}
	for _, pkg := range s.named {
		sharing[pkg.Name()]++
	}
	for where, pkg := range s.named {
		spec := strconv.Quote(where)
		if pkg.Name() != path.Base(where) {
			spec = pkg.Name() + " " + spec
		}
		imports = append(imports, "import "+spec)
	}
	for _, line := range s.lines {
		lines = append(lines, marked.ReplaceAllStringFunc(line, func(mention string) string {
			parts := marked.FindStringSubmatch(mention)
			where, name := parts[1], parts[2]
			if where == s.pkg.Path() {
				return name
			}
			if pkg := s.named[where]; sharing[pkg.Name()] == 1 {
				return pkg.Name() + "." + name
			}
			return strconv.Quote(where) + "." + name
		}))
	}
	slices.Sort(imports)
	slices.Sort(lines)
	return imports, lines
}

// spell writes a type.
func (s *surface) spell(t types.Type) string { return types.TypeString(t, s.mark) }

// signature writes what follows the name of a function.
func (s *surface) signature(t types.Type) string {
	b := bytes.Buffer{}
	types.WriteSignature(&b, t.(*types.Signature), s.mark)
	return b.String()
}

// parameters writes the type parameters that follow the name of a type where it is declared.
func (s *surface) parameters(list *types.TypeParamList) string {
	if list.Len() == 0 {
		return ""
	}
	var all []string
	for p := range list.TypeParams() {
		all = append(all, p.Obj().Name()+" "+s.spell(p.Constraint()))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// object describes what a name of the package stands for.
func (s *surface) object(o types.Object) {
	switch o := o.(type) {
	case *types.Const:
		s.line("const %s %s = %s", o.Name(), s.spell(o.Type()), o.Val().ExactString())
	case *types.Var:
		s.line("var %s %s", o.Name(), s.spell(o.Type()))
	case *types.Func:
		s.line("func %s%s", o.Name(), s.signature(o.Type()))
	case *types.TypeName:
		s.typeName(o)
	default:
		panic(fmt.Sprintf("what is %s?", o))
	}
}

// typeName describes a type and its methods.
func (s *surface) typeName(o *types.TypeName) {
	name := s.mark(o.Pkg()) + "." + o.Name()
	if o.IsAlias() {
		// A caller cannot do more with it than with the type that it stands for.
		alias := o.Type().(*types.Alias)
		s.line("type %s%s = %s", name, s.parameters(alias.TypeParams()), s.spell(alias.Rhs()))
		return
	}
	declared := o.Type().(*types.Named)
	head := "type " + name + s.parameters(declared.TypeParams())
	t := instance(declared)
	switch u := t.Underlying().(type) {
	case *types.Struct:
		s.line("%s struct", head)
		s.structure(head+" struct, ", t, u)
	case *types.Interface:
		s.line("%s interface", head)
		s.contract(head+" interface, ", u)
		return
	default:
		s.line("%s %s", head, s.spell(u))
	}
	s.methods(t)
}

// instance returns a generic type as its own methods know it. Without this, each method has names of its own
// for the type parameters.
func instance(declared *types.Named) types.Type {
	if declared.TypeParams().Len() == 0 {
		return declared
	}
	var args []types.Type
	for p := range declared.TypeParams().TypeParams() {
		args = append(args, p)
	}
	t, err := types.Instantiate(nil, declared, args, false)
	if err != nil {
		panic(err) // nothing is validated
	}
	return t
}

// structure describes a struct.
func (s *surface) structure(head string, t types.Type, u *types.Struct) {
	if types.Comparable(t) {
		s.line("%scomparable", head)
	}
	for f := range u.Fields() {
		if !f.Exported() {
			s.line("%sunexported fields", head)
			break
		}
	}
	s.fields(head, t, u, nil, nil)
}

// fields describes the exported fields of a struct, and those that unexported embedded structs promote to it.
// The outer type is t; path leads from it to u, through the types outside.
func (s *surface) fields(head string, t types.Type, u *types.Struct, path []int, outside []types.Type) {
	for i := range u.NumFields() {
		f := u.Field(i)
		here := append(slices.Clip(path), i)
		if !f.Exported() {
			inner, ok := pointee(f.Type()).Underlying().(*types.Struct)
			cycle := slices.ContainsFunc(outside, func(o types.Type) bool { return types.Identical(o, f.Type()) })
			if f.Embedded() && ok && !cycle {
				s.fields(head, t, inner, here, append(slices.Clip(outside), f.Type()))
			}
			continue
		}
		// A field that another hides, or that two structs have at one depth, is not promoted.
		if o, found, _ := types.LookupFieldOrMethod(t, true, f.Pkg(), f.Name()); o == nil || !slices.Equal(found, here) {
			continue
		}
		line := head
		if len(path) > 0 {
			line += "promoted "
		}
		if f.Embedded() {
			line += "embedded " + s.spell(f.Type())
		} else {
			line += "field " + f.Name() + " " + s.spell(f.Type())
		}
		if tag := u.Tag(i); tag != "" {
			line += " " + quote(tag)
		}
		s.line("%s", line)
	}
}

// quote quotes the tag of a field, the way that is usual if that is possible.
func quote(tag string) string {
	if strconv.CanBackquote(tag) {
		return "`" + tag + "`"
	}
	return strconv.Quote(tag)
}

// pointee returns what a pointer points to, and any other type as it is.
func pointee(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// contract describes an interface.
func (s *surface) contract(head string, u *types.Interface) {
	secret := false
	for m := range u.Methods() {
		if m.Exported() {
			s.line("%smethod %s%s", head, m.Name(), s.signature(m.Type()))
		} else {
			secret = true
		}
	}
	if secret {
		s.line("%sunexported methods", head)
	}
	s.elements(head, u)
}

// elements describes what an interface asks of a type other than methods.
func (s *surface) elements(head string, u *types.Interface) {
	for e := range u.EmbeddedTypes() {
		inner, ok := e.Underlying().(*types.Interface)
		switch {
		case e == types.Universe.Lookup("comparable").Type():
			s.line("%scomparable", head)
		case ok:
			s.elements(head, inner)
		default:
			s.line("%stype %s", head, s.spell(e))
		}
	}
}

// methods describes the methods of a type, and those that unexported embedded types promote to it.
func (s *surface) methods(t types.Type) {
	values := types.NewMethodSet(t)
	for m := range types.NewMethodSet(types.NewPointer(t)).Methods() {
		if !m.Obj().Exported() || !unexported(t, m.Index()) {
			continue
		}
		receiver := s.spell(t)
		if values.Lookup(m.Obj().Pkg(), m.Obj().Name()) == nil {
			receiver = "*" + receiver
		}
		s.line("method (%s) %s%s", receiver, m.Obj().Name(), s.signature(m.Type()))
	}
}

// unexported reports whether the fields on the path to a method are all unexported.
func unexported(t types.Type, path []int) bool {
	for _, i := range path[:len(path)-1] {
		f := pointee(t).Underlying().(*types.Struct).Field(i)
		if f.Exported() {
			return false
		}
		t = f.Type()
	}
	return true
}
