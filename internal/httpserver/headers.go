package httpserver

import (
	"maps"
	"net/http"
)

// apiPolicy forbids a browser to load or frame anything, should it ever show an
// answer of the API as a page. Pages set their own.
const apiPolicy = "default-src 'none'; frame-ancestors 'none'"

// fixedHeaders are what every response carries. The values are shared by all
// responses, which may replace but not change them, as http.Header does.
var fixedHeaders = http.Header{
	"X-Content-Type-Options":  {"nosniff"},
	"X-Frame-Options":         {"DENY"},
	"Referrer-Policy":         {"no-referrer"},
	"Content-Security-Policy": {apiPolicy},
	"Cache-Control":           {"no-store"},
}

func secureHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		maps.Copy(h, fixedHeaders)
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}
