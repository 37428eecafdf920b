package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver"
)

const (
	// forever is for what lies at an address that names its content.
	forever = "public, max-age=31536000, immutable"
	// askFirst is for addresses whose content changes with an update: a browser
	// keeps it, but asks each time whether it is still the same.
	askFirst = "no-cache"
	// smallest is how many bytes a file must have for compression to pay.
	smallest = 512
)

// file is something to serve, in both forms.
type file struct {
	contentType string
	plain, gzip []byte // gzip is nil where it isn't worth it
	tag         string // hex digest of the content
}

var contentTypes = map[string]string{".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

func newFile(name string, data []byte) file {
	sum := sha256.Sum256(data)
	f := file{plain: data, tag: hex.EncodeToString(sum[:16]), contentType: contentTypes[path.Ext(name)]}
	if f.contentType == "" { // the machine's own tables differ in the others
		f.contentType = mime.TypeByExtension(path.Ext(name))
	}
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is a valid one
	if _, err := w.Write(data); err == nil && w.Close() == nil && len(data) >= smallest && b.Len() < len(data) {
		f.gzip = b.Bytes()
	}
	return f
}

// serve answers with the file, or with 304 when the client has it already.
func (f file) serve(w http.ResponseWriter, r *http.Request, caching string) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", caching)
	body, tag := f.plain, f.tag
	if f.gzip != nil {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			body, tag = f.gzip, f.tag+"-gzip"
		}
	}
	h.Set("ETag", strconv.Quote(tag))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// acceptsGzip reads an Accept-Encoding header.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name != "gzip" && name != "*" {
			continue
		}
		q, found := strings.CutPrefix(strings.TrimSpace(weight), "q=")
		value, err := strconv.ParseFloat(q, 64)
		return !found || err == nil && value > 0
	}
	return false
}

// framing is who may show a page in a frame, as headers.
type framing struct {
	policy       string // Content-Security-Policy
	frameOptions string // X-Frame-Options; empty where old browsers can't be told what the policy says
}

// framedBy lets the given origins show a page, or nobody. Scripts, styles and requests go to
// the page's own origin only, nothing is inline, and no text can become markup
// (trusted types).
func framedBy(origins []string) framing {
	f := framing{frameOptions: "DENY"}
	switch len(origins) {
	case 0:
		origins = []string{"'none'"}
	case 1:
		f.frameOptions = "SAMEORIGIN"
	default: // X-Frame-Options knows no other origins
		f.frameOptions = ""
	}
	f.policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
		"base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors " + strings.Join(origins, " ")
	return f
}

// page serves a page under its policy.
func (f framing) page(content file) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", f.policy)
		h.Del("X-Frame-Options")
		if f.frameOptions != "" {
			h.Set("X-Frame-Options", f.frameOptions)
		}
		content.serve(w, r, askFirst)
	})
}

func (p *Pages) serveConfig(w http.ResponseWriter, r *http.Request) { p.config.serve(w, r, askFirst) }

// serveWidget lets any page load the script: which pages may show the chat, the
// chat page itself decides.
func (p *Pages) serveWidget(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	p.widget.serve(w, r, askFirst)
}

// serveFile serves a part of the page. While replicas are being updated, a
// browser may ask a new one for the files of an old page; it gets the new ones,
// which is better than a page without its script, but must not keep them.
func (p *Pages) serveFile(w http.ResponseWriter, r *http.Request) {
	f, ok := p.files[r.PathValue("file")]
	if !ok {
		httpserver.WriteError(w, r, fault.New(fault.NotFound, "there is nothing at this path; see /docs"))
		return
	}
	if r.PathValue("version") != p.version {
		f.serve(w, r, "no-store")
		return
	}
	f.serve(w, r, forever)
}
