// Package every has a declaration of each kind. A comment before it holds each line that it must give.
package every

import (
	"context" //api:want import "context"
	"errors"
	html "html/template" //api:want import "html/template"
	"io"                 //api:want import "io"
	"iter"               //api:want import "iter"
	"math/rand/v2"       //api:want import rand "math/rand/v2"
	"sync"               //api:want import "sync"
	"text/template"      //api:want import "text/template"
	"time"               //api:want import "time"

	"github.com/cognito-import/importjob/internal/api/testdata/every/internal/hidden"
)

//api:want import "github.com/cognito-import/importjob/internal/api/testdata/every/internal/hidden"

// Constants.
const (
	//api:want const Int untyped int = 500000
	Int = 500_000
	//api:want const Rune untyped rune = 97
	Rune = 'a'
	//api:want const Float untyped float = 5/2
	Float = 2.5
	//api:want const Bool untyped bool = true
	Bool = true
	//api:want const Text untyped string = "a \"word\", 20% of one that is much longer than seventy-two characters:\n\x00."
	Text = "a \"word\", 20% of one that is much longer than seventy-two characters:\n\x00."
	//api:want const StatusCreated Status = "Created"
	StatusCreated Status = "Created"
	//api:want const Second time.Duration = 1000000000
	Second time.Duration = time.Second
	//api:want const Reached level = 1
	Reached level = 1

	unexported = 1
)

//api:want type Status string
//api:want method (Status) String() string
type Status string

// String makes it a fmt.Stringer.
func (s Status) String() string { return string(s) }

// A caller reaches it by way of a constant.
//
//api:want type level int
//api:want method (level) Up() level
type level int

// Up is one more.
func (l level) Up() level { return l + unexported }

//api:want var ErrEmpty error
var ErrEmpty = errors.New("empty")

//api:want var Inline struct{A int "json:\"a\""; b int}
var Inline struct {
	A int `json:"a"`
	b int
}

//api:want var Both func(*"text/template".Template) *"html/template".Template
var Both func(*template.Template) *html.Template

//api:want var Local local
var Local local

//api:want type local = struct{X int; y int}
type local = struct{ X, y int }

//api:want func Func()
func Func() {}

//api:want func Check(ctx context.Context, in io.Reader, opts ...*Options) iter.Seq2[Finding, error]
func Check(ctx context.Context, in io.Reader, opts ...*Options) iter.Seq2[Finding, error] { return nil }

//api:want func Named(byte, rune, any) (n int, err error)
func Named(byte, rune, any) (n int, err error) { return }

//api:want func Random(rand.Source) <-chan [4]map[string][]int
func Random(rand.Source) <-chan [4]map[string][]int { return nil }

//api:want func Map[K comparable, V, W any](m map[K]V, f func(V) W) map[K]W
func Map[K comparable, V, W any](m map[K]V, f func(V) W) map[K]W { return nil }

//api:want func Sum[N Number, T ~[]N](list T) (sum N)
func Sum[N Number, T ~[]N](list T) (sum N) { return }

//api:want func Or[T ~int | ~string](list ...T) (t T)
func Or[T ~int | ~string](list ...T) (t T) { return }

//api:want func Hidden() *hidden.Reached
func Hidden() *hidden.Reached { return nil }

//api:want func New() *secret
func New() *secret { return nil }

//api:want type secret struct
//api:want type secret struct, comparable
//api:want type secret struct, field Told string
//api:want type secret struct, unexported fields
//api:want method (*secret) Tell() (string, error)
type secret struct {
	Told   string
	untold string
}

// Tell is a method that a caller reaches.
func (s *secret) Tell() (string, error) { return s.Told, nil }

func (*secret) keep() string { return (&secret{}).untold }

// Nobody reaches it.
type unreached struct{ X int }

//api:want type Finding struct
//api:want type Finding struct, comparable
//api:want type Finding struct, field Line int `json:"line" csv:"%d"`
//api:want type Finding struct, field Next *Finding
//api:want method (*Finding) Set(line int)
//api:want method (Finding) Get() int
type Finding struct {
	Line int `json:"line" csv:"%d"`
	Next *Finding
}

// Get has a value receiver.
func (f Finding) Get() int { return f.Line }

// Set has a pointer receiver.
func (f *Finding) Set(line int) { f.Line = line }

//api:want type Options struct
//api:want type Options struct, field Clock func() time.Time
type Options struct{ Clock func() time.Time }

//api:want type Opaque struct
//api:want type Opaque struct, unexported fields
type Opaque struct{ _ [0]func() }

// What the exported types promote is left out.
//
//api:want type Embeds struct
//api:want type Embeds struct, embedded *Finding
//api:want type Embeds struct, embedded io.Reader
//api:want type Embeds struct, embedded sync.Mutex
//api:want type Embeds struct, comparable
type Embeds struct {
	*Finding
	io.Reader
	sync.Mutex
}

// Of two fields of one name, the outer one is promoted. Of two at one depth, none is.
//
//api:want type Promotes struct
//api:want type Promotes struct, comparable
//api:want type Promotes struct, field Own int
//api:want type Promotes struct, unexported fields
//api:want type Promotes struct, promoted field Left int
//api:want type Promotes struct, promoted field Right int "json:\"right\" or:\"`\""
//api:want type Promotes struct, promoted field Deep int
//api:want type Promotes struct, promoted embedded Finding
//api:want method (*Promotes) Turn()
//api:want method (*Promotes) Pointer()
//api:want method (Promotes) Value()
//api:want method (Promotes) Error() string
//api:want method (Promotes) Ask(what string) (answer string)
type Promotes struct {
	Own int
	left
	*right
	deep
	error
	asker
}

type left struct {
	Own  string
	Left int
	Same int
	deep // what is in there is deeper than where Promotes has it
}

type right struct {
	Right int "json:\"right\" or:\"`\""
	Same  int
	*right
	Finding
}

type deep struct{ Deep int }

type asker interface {
	Ask(what string) (answer string)
}

// Turn has a pointer receiver.
func (*left) Turn() {}

// Value is promoted from behind a pointer.
func (*right) Value() {}

// Pointer is promoted from a value.
func (*deep) Pointer() {}

//api:want type Client interface
//api:want type Client interface, method Create(ctx context.Context, name string) (Finding, error)
//api:want type Client interface, method Close() error
//api:want type Client interface, method Ask(what string) (answer string)
type Client interface {
	Create(ctx context.Context, name string) (Finding, error)
	io.Closer
	asker
}

//api:want type Sealed interface
//api:want type Sealed interface, unexported methods
type Sealed interface{ seal() }

//api:want type Number interface
//api:want type Number interface, type ~int | ~float64
type Number interface{ ~int | ~float64 }

//api:want type Key interface
//api:want type Key interface, comparable
//api:want type Key interface, type ~int | ~float64
//api:want type Key interface, method String() string
type Key interface {
	comparable
	Number
	String() string
}

//api:want type Set[K comparable, V interface{Len() int; ~[]K}] struct
//api:want type Set[K comparable, V interface{Len() int; ~[]K}] struct, comparable
//api:want type Set[K comparable, V interface{Len() int; ~[]K}] struct, field First *Set[K, V]
//api:want type Set[K comparable, V interface{Len() int; ~[]K}] struct, unexported fields
//api:want type Set[K comparable, V interface{Len() int; ~[]K}] struct, promoted field Of *K
//api:want method (*Set[K, V]) Add(k K, v V) *Set[K, V]
//api:want method (*Set[K, V]) Item() K
type Set[K comparable, V interface {
	~[]K
	Len() int
}] struct {
	First *Set[K, V]
	item[K]
}

// Add has other names for the type parameters.
func (s *Set[A, B]) Add(k A, v B) *Set[A, B] { return s }

type item[T any] struct{ Of *T }

// Item is promoted to an instance.
func (i *item[T]) Item() T { return *i.Of }

//api:want type Source[T any] interface
//api:want type Source[T any] interface, method Next() (T, bool)
type Source[T any] interface{ Next() (T, bool) }

//api:want type List[T any] []T
//api:want method (List[T]) At(i int) T
type List[T any] []T

// At has a value receiver.
func (l List[T]) At(i int) T { return l[i] }

//api:want type Alias = Finding
type Alias = Finding

//api:want type Foreign = time.Time
type Foreign = time.Time

//api:want type Lists[T any] = List[List[T]]
type Lists[T any] = List[List[T]]

//api:want type Revealed = revealed
type Revealed = revealed

//api:want type revealed struct
//api:want type revealed struct, comparable
//api:want type revealed struct, field X int
type revealed struct{ X int }

//api:want type Handler func(ctx context.Context, next func() error) error
type Handler func(ctx context.Context, next func() error) error

//api:want type User map[string]string
type User map[string]string
