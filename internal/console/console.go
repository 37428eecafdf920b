// Package console serves what a browser shows of the concierge: the customers'
// chat page, the script that puts it into other pages, and the desk of the agents
// who take conversations over. Everything a browser loads is in the binary. The
// pages speak the public contract (/api/v1/...) and nothing else: this package
// knows neither conversations nor customers, only files, headers and looks.
package console

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

// Options say how the pages look and whom they let in.
type Options struct {
	// Chat and Desk say which pages are served.
	Chat, Desk bool
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

// Pages are the console's pages, ready to be served. They never change.
type Pages struct {
	o                          Options
	chat, desk, config, widget file
	files                      map[string]file
	version                    string
	chatFraming, deskFraming   framing
}

// New makes the pages. The error says which option is wrong.
func New(o Options) (*Pages, error) {
	if o.Title == "" {
		return nil, fmt.Errorf("console: Title is required")
	}
	theme, icon, err := look(o.Accent)
	if err != nil {
		return nil, err
	}
	p := &Pages{o: o, files: map[string]file{
		"theme.css": newFile("theme.css", theme),
		"icon.svg":  newFile("icon.svg", icon),
	}}
	if err := p.load(); err != nil {
		return nil, err
	}
	p.version = digest(p.files)
	if p.chat, err = p.render("chat.html", p.modules(ofChat)); err != nil {
		return nil, err
	}
	if p.desk, err = p.render("desk.html", p.modules(ofDesk)); err != nil {
		return nil, err
	}
	if p.config, err = settings(o); err != nil {
		return nil, err
	}
	p.chatFraming, p.deskFraming = framedBy(append([]string{"'self'"}, o.EmbedOrigins...)), framedBy(nil)
	return p, nil
}

// load reads the embedded files. The widget is served at an address of its own,
// which companies write into their pages, and so is no part of the versioned set.
func (p *Pages) load() error {
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
		case "chat.html", "desk.html": // templates, see render
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

// modules are the scripts of a page, for the browser to load at once.
func (p *Pages) modules(of func(name string) bool) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(p.files)) {
		if strings.HasSuffix(name, ".js") && of(name) {
			names = append(names, name)
		}
	}
	return names
}

func ofChat(name string) bool { return !strings.HasPrefix(name, "desk") }

func ofDesk(name string) bool { return !ofChat(name) || name == "dom.js" || name == "http.js" }

func (p *Pages) render(name string, modules []string) (file, error) {
	t, err := template.ParseFS(static, "static/"+name)
	if err != nil {
		return file{}, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, struct {
		Title, Base string
		Modules     []string
	}{p.o.Title, "/chat/" + p.version, modules})
	return newFile(name, b.Bytes()), err
}

// settings are what the chat asks for at its start. None of them is secret.
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

// Register adds the pages' routes by a function such as httpserver's Handle.
func (p *Pages) Register(handle func(pattern string, h http.Handler)) {
	if p.o.Chat {
		handle("GET /{$}", p.chatFraming.page(p.chat))
		handle("GET /chat/config.json", http.HandlerFunc(p.serveConfig))
		handle("GET /widget.js", http.HandlerFunc(p.serveWidget))
	}
	if p.o.Desk {
		handle("GET /desk", p.deskFraming.page(p.desk))
	}
	if p.o.Chat || p.o.Desk {
		handle("GET /chat/{version}/{file}", http.HandlerFunc(p.serveFile))
	}
}
