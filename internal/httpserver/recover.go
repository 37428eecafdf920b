package httpserver

import (
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// recover turns a panic into a 500 and lets the server serve on. The stack is
// logged, never sent. When part of an answer is out already the connection is
// cut, so that no client takes half an answer for a whole one.
func (s *Server) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler { //nolint:errorlint // the value itself is the signal
				panic(v)
			}
			s.afterPanic(w, r, v)
		}()
		next.ServeHTTP(w, r)
	})
}

func (s *Server) afterPanic(w http.ResponseWriter, r *http.Request, v any) {
	x := exchangeOf(r.Context())
	if r.Context().Err() != nil && x.status != 0 {
		// The client left in the middle of an answer and the write failed.
		x.fail(fault.Internal, r.Context().Err())
		panic(http.ErrAbortHandler)
	}
	err := fmt.Errorf("panic: %v", v)
	s.log.ErrorContext(r.Context(), "panic in a handler",
		"route", x.route, "error", err, "stack", string(debug.Stack()))
	if x.status != 0 {
		x.fail(fault.Internal, err)
		panic(http.ErrAbortHandler)
	}
	WriteError(w, r, err)
}
