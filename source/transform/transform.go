package transform

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Transform changes one value.
type Transform interface {
	// Apply returns the new value, or "" and an *Error.
	Apply(value string) (string, error)

	// String returns the name and the argument, such as "phone=US". Parse returns the same Transform for it.
	String() string
}

// constructors has the function that makes each transform of its argument. hasArgument is false if there is none.
var constructors = map[string]func(argument string, hasArgument bool) (Transform, error){
	"trim":       plain(Trim{}),
	"lower":      plain(Lower{}),
	"nfc":        plain(NFC{}),
	"one-line":   plain(OneLine{}),
	"apostrophe": plain(Apostrophe{}),
	"bool":       plain(Bool{}),
	"non-empty":  plain(NonEmpty{}),
	"local-part": plain(LocalPart{}),
	"uuid":       plain(RandomUUID{}),
	"null":       optional(func(argument string) (Transform, error) { return parseNull(argument) }),
	"equals":     required(func(argument string) (Transform, error) { return parseEquals(argument) }),
	"prefix":     required(func(argument string) (Transform, error) { return Prefix{Text: argument}, nil }),
	"after":      required(func(argument string) (Transform, error) { return After{Text: argument}, nil }),
	"cut":        required(func(argument string) (Transform, error) { n, err := length(argument); return Cut{Characters: n}, err }),
	"max-length": required(func(argument string) (Transform, error) {
		n, err := length(argument)
		return MaxLength{Characters: n}, err
	}),
	"phone": optional(func(argument string) (Transform, error) { return Phone{Region: argument}, checkRegion(argument) }),
	"date":  optional(func(argument string) (Transform, error) { return Date{Layout: argument}, checkLayout(argument) }),
	"epoch": optional(func(argument string) (Transform, error) { return Epoch{Unit: argument}, checkUnit(argument) }),
	"uuid5": optional(func(argument string) (Transform, error) {
		return NameUUID{Namespace: argument}, checkNamespace(argument)
	}),
}

// Parse returns the one transform that a text names, such as "trim" or "phone=US": a name, and for some an equals sign and an argument, without
// spaces around it. The package documentation has the names. For several, call Parse for each, and give them to [NewChain].
//
// The error is an *[UnknownError] if no transform has the name, and an *[ArgumentError] if the transform does not take its argument.
func Parse(text string) (Transform, error) {
	name, argument, hasArgument := strings.Cut(text, "=")
	construct, ok := constructors[name]
	if !ok {
		return nil, &UnknownError{Name: name}
	}
	t, err := construct(argument, hasArgument)
	if err != nil {
		return nil, &ArgumentError{Name: name, Argument: argument, Err: err}
	}
	return t, nil
}

// Names returns the names of all transforms, sorted.
func Names() []string {
	names := make([]string, 0, len(constructors))
	for name := range constructors {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// UnknownError is the error of [Parse] for a name that no transform has.
type UnknownError struct {
	Name string
}

// Error returns the name, and the names that there are.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("no transform is named %q; there are %s", e.Name, strings.Join(Names(), ", "))
}

// ArgumentError is the error of [Parse] for an argument that a transform does not take.
type ArgumentError struct {
	Name     string // of the transform
	Argument string // "" if there is none
	Err      error  // what is wrong, and what to do
}

// Error returns "transform name: " and what is wrong.
func (e *ArgumentError) Error() string { return fmt.Sprintf("transform %s: %v", e.Name, e.Err) }

// Unwrap returns Err.
func (e *ArgumentError) Unwrap() error { return e.Err }

var (
	errNoArgument   = errors.New("write an argument after the name, such as name=argument")
	errSomeArgument = errors.New("it takes no argument")
)

func plain(t Transform) func(string, bool) (Transform, error) {
	return func(_ string, hasArgument bool) (Transform, error) {
		if hasArgument {
			return nil, errSomeArgument
		}
		return t, nil
	}
}

func required(construct func(string) (Transform, error)) func(string, bool) (Transform, error) {
	return func(argument string, _ bool) (Transform, error) {
		if argument == "" {
			return nil, errNoArgument
		}
		return construct(argument)
	}
}

// optional is for transforms whose argument can be left out. It refuses an empty one, which is a mistake.
func optional(construct func(string) (Transform, error)) func(string, bool) (Transform, error) {
	return func(argument string, hasArgument bool) (Transform, error) {
		if hasArgument && argument == "" {
			return nil, errNoArgument
		}
		return construct(argument)
	}
}

// length parses a number of characters.
func length(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || strconv.Itoa(n) != text {
		return 0, fmt.Errorf("%q is not a number of characters, from 1", text)
	}
	return n, nil
}

// named returns name=argument, or the name if there is no argument.
func named(name, argument string) string {
	if argument == "" {
		return name
	}
	return name + "=" + argument
}
