package userpool_test

import (
	"context"
	"fmt"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// All reads every page of a pool's users.
func ExampleAll() {
	ctx := context.Background()
	cognito := memory.New(nil)
	pool, err := cognito.CreatePool(ctx, userpool.Pool{Pool: importjob.Pool{Name: "customers"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"ann", "bob"} {
		_, err := cognito.AddUser(ctx, pool.ID, userpool.User{
			Username:   name,
			Attributes: userpool.NewAttributes(userpool.Attribute{Name: "email", Value: name + "@example.com"}),
		})
		if err != nil {
			fmt.Println(err)
			return
		}
	}

	for user, err := range userpool.All(ctx, cognito, pool.ID) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(user.Username, user.Attributes.Value("email"), user.Status)
	}
	// Output:
	// ann ann@example.com FORCE_CHANGE_PASSWORD
	// bob bob@example.com FORCE_CHANGE_PASSWORD
}
