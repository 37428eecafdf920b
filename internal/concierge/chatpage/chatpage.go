// Package chatpage serves the chat page of the concierge and the script that
// puts it into other pages. Everything a browser loads is in the binary. The
// page speaks the public contract (/api/v1/...) and nothing else: this package
// knows neither conversations nor customers, only files, headers and looks.
package chatpage

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
)

//go:embed static
var static embed.FS

// Customer is a demo customer whom the page offers to be.
type Customer struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Options say how the page looks and whom it lets in.
type Options struct {
	// Title stands at the top, usually the company's name; required.
	Title string
	// Accent is the company's colour, as #rrggbb. Shades that can be read are
	// made from it for the light and the dark theme.
	Accent string
	// EmbedOrigins are the origins ("https://www.example.com") whose pages may
	// show the page in a frame and hand it a token. The page's own always may.
	EmbedOrigins []string
	// TokenRequired makes the page wait for a token before anything is sent.
	TokenRequired bool
	// DemoCustomers are offered where no token is required; usually none.
	DemoCustomers []Customer
}

// Page is the chat page, ready to be served. It never changes.
type Page struct {
	index, config, widget file
	files                 map[string]file
	version               string
	policy, frameOptions  string
}

// New makes the page. The error says which option is wrong.
func New(o Options) (*Page, error) {
	if o.Title == "" {
		return nil, fmt.Errorf("chatpage: Title is required")
	}
	theme, icon, err := look(o.Accent)
	if err != nil {
		return nil, err
	}
	p := &Page{files: map[string]file{
		"theme.css": newFile("theme.css", theme),
		"icon.svg":  newFile("icon.svg", icon),
	}}
	if err := p.load(); err != nil {
		return nil, err
	}
	p.version = digest(p.files)
	if p.index, err = p.render(o); err != nil {
		return nil, err
	}
	if p.config, err = settings(o); err != nil {
		return nil, err
	}
	p.policy, p.frameOptions = framing(o.EmbedOrigins)
	return p, nil
}

// load reads the embedded files. The widget is served at an address of its own,
// which companies write into their pages, and so is no part of the versioned set.
func (p *Page) load() error {
	entries, err := fs.ReadDir(static, "static")
	if err != nil {
		return err
	}
	for _, e := range entries {
		data, err := static.ReadFile(path.Join("static", e.Name()))
		if err != nil {
			return err
		}
		switch e.Name() {
		case "index.html": // a template, see render
		case "widget.js":
			p.widget = newFile(e.Name(), data)
		default:
			p.files[e.Name()] = newFile(e.Name(), data)
		}
	}
	return nil
}

// digest names a set of files by their content. Files of one digest belong
// together: modules import one another by relative names, so one digest in the
// path versions them all.
func digest(files map[string]file) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%s\x00%s\x00", name, files[name].tag)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

func (p *Page) render(o Options) (file, error) {
	source, err := static.ReadFile("static/index.html")
	if err != nil {
		return file{}, err
	}
	t, err := template.New("index").Parse(string(source))
	if err != nil {
		return file{}, err
	}
	var modules []string
	for _, name := range slices.Sorted(maps.Keys(p.files)) {
		if strings.HasSuffix(name, ".js") {
			modules = append(modules, name)
		}
	}
	var b bytes.Buffer
	err = t.Execute(&b, struct {
		Title, Base string
		Modules     []string
	}{o.Title, "/chat/" + p.version, modules})
	return newFile("index.html", b.Bytes()), err
}

// settings are what the page asks for at its start. None of them is secret.
func settings(o Options) (file, error) {
	data, err := json.Marshal(struct {
		Title         string     `json:"title"`
		TokenRequired bool       `json:"token_required"`
		DemoCustomers []Customer `json:"demo_customers"`
		EmbedOrigins  []string   `json:"embed_origins"`
	}{o.Title, o.TokenRequired, orEmpty(o.DemoCustomers), orEmpty(o.EmbedOrigins)})
	return newFile("config.json", data), err
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Register adds the page's routes by a function such as httpserver's Handle.
func (p *Page) Register(handle func(pattern string, h http.Handler)) {
	handle("GET /{$}", http.HandlerFunc(p.serveIndex))
	handle("GET /chat/config.json", http.HandlerFunc(p.serveConfig))
	handle("GET /chat/{version}/{file}", http.HandlerFunc(p.serveFile))
	handle("GET /widget.js", http.HandlerFunc(p.serveWidget))
}
