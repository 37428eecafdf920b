package httpserver

import (
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// recoverPanic turns a panic into a 500 and lets the server serve on. The stack is
// logged, never sent. When part of an answer is out already the connection is
// cut, so that no client takes half an answer for a whole one.
func recoverPanic(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler { // the value itself is the signal
				panic(v)
			}
			afterPanic(w, r, v)
		}()
		next.ServeHTTP(w, r)
	})
}

func afterPanic(w http.ResponseWriter, r *http.Request, v any) {
	x := exchangeOf(r.Context())
	err := fmt.Errorf("panic: %v", v)
	if cause, ok := v.(error); ok {
		err = fmt.Errorf("panic: %w", cause)
	}
	if r.Context().Err() != nil {
		// huma panics when it can't write; here because the client left.
		x.fail(fault.Internal, r.Context().Err())
		panic(http.ErrAbortHandler)
	}
	x.stack = string(debug.Stack())
	if x.status != 0 {
		x.fail(fault.Internal, err)
		panic(http.ErrAbortHandler)
	}
	WriteError(w, r, err)
}
