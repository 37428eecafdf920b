package chatpage

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

// framing returns the page's Content-Security-Policy and X-Frame-Options, which
// is empty where old browsers can't be told what the policy says: it knows no
// other origins. Scripts, styles and requests go to the page's own origin only,
// nothing is inline, and no text can become markup (trusted types).
func framing(origins []string) (policy, frameOptions string) {
	ancestors := strings.Join(append([]string{"'self'"}, origins...), " ")
	policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
		"base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors " + ancestors
	if len(origins) == 0 {
		frameOptions = "SAMEORIGIN"
	}
	return policy, frameOptions
}

func (p *Page) serveIndex(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", p.policy)
	h.Del("X-Frame-Options")
	if p.frameOptions != "" {
		h.Set("X-Frame-Options", p.frameOptions)
	}
	p.index.serve(w, r, askFirst)
}

func (p *Page) serveConfig(w http.ResponseWriter, r *http.Request) { p.config.serve(w, r, askFirst) }

// serveWidget lets any page load the script: which pages may show the chat, the
// chat page itself decides.
func (p *Page) serveWidget(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	p.widget.serve(w, r, askFirst)
}

// serveFile serves a part of the page. While replicas are being updated, a
// browser may ask a new one for the files of an old page; it gets the new ones,
// which is better than a page without its script, but must not keep them.
func (p *Page) serveFile(w http.ResponseWriter, r *http.Request) {
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
