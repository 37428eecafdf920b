package httpserver

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// bounds refuses what is too large, and a URL that doesn't decode to text:
// handlers and databases get valid UTF-8 without NUL.
func bounds(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var err error
		switch {
		case len(r.RequestURI) > maxURLBytes:
			err = fault.New(fault.Validation, "the URL is longer than %d bytes", maxURLBytes).
				WithStatus(http.StatusRequestURITooLong)
		case headerBytes(r.Header) > maxHeaderBytes:
			err = fault.New(fault.Validation, "the headers are larger than %d bytes", maxHeaderBytes).
				WithStatus(http.StatusRequestHeaderFieldsTooLarge)
		case !isText(r.URL.Path) || !queryIsText(r.URL.RawQuery):
			err = malformed("the URL must decode to UTF-8 text without NUL")
		}
		if err != nil {
			WriteError(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// headerBytes counts names and values with ": " and the line end, as sent.
func headerBytes(h http.Header) (n int) {
	for name, values := range h {
		for _, value := range values {
			n += len(name) + len(value) + 4
		}
	}
	return n
}

func queryIsText(raw string) bool {
	if raw == "" {
		return true
	}
	decoded, err := url.QueryUnescape(raw)
	return err == nil && isText(decoded)
}

func isText(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

func malformed(format string, args ...any) *fault.Error {
	return fault.New(fault.Validation, format, args...).WithStatus(http.StatusBadRequest)
}
