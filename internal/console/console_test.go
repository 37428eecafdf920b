package console_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/console"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver"
)

var usual = console.Options{Chat: true, Desk: true, Title: "Harbor <Bank>", Accent: "#0f6b62"}

// serve puts the page behind the edge that it has in the program, and returns
// its address.
func serve(t *testing.T, o console.Options) string {
	t.Helper()
	p, err := console.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := httpserver.New(httpserver.Options{Service: "test", Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	p.Register(s.Handle)
	if err := s.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve() }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		<-done
	})
	return s.URL()
}

type answer struct {
	status int
	header http.Header
	body   string
}

func get(t *testing.T, url, path string, header ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "identity")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	a, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{a.StatusCode, a.Header, string(body)}
}

var linked = regexp.MustCompile(`(?:href|src)="(/[^"]*)"`)

func TestEverythingThePageLoadsIsOurs(t *testing.T) {
	t.Parallel()
	h := serve(t, usual)
	for path, title := range map[string]string{"/": "Harbor &lt;Bank&gt;", "/desk": "Desk · Harbor &lt;Bank&gt;"} {
		t.Run(path, func(t *testing.T) { t.Parallel(); everythingIsOurs(t, h, path, title) })
	}
}

func everythingIsOurs(t *testing.T, h, path, title string) {
	page := get(t, h, path)
	if page.status != http.StatusOK || !strings.Contains(page.body, "<title>"+title+"</title>") {
		t.Fatalf("got %d %.300s", page.status, page.body)
	}
	paths := linked.FindAllStringSubmatch(page.body, -1)
	if len(paths) < 7 {
		t.Fatalf("the page links %d files", len(paths))
	}
	for _, m := range paths {
		f := get(t, h, m[1])
		if f.status != http.StatusOK || f.header.Get("Cache-Control") != "public, max-age=31536000, immutable" ||
			f.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", m[1], f.status, f.header)
		}
	}
	foreign := regexp.MustCompile(`(?i)(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//`)
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script(?:\s[^>]*)?>[^<]`)
	if m := inline.FindString(page.body); m != "" {
		t.Errorf("inline: %q", m)
	}
	if m := foreign.FindString(page.body); m != "" {
		t.Errorf("from elsewhere: %q", m)
	}
}

// TestNoTextBecomesMarkup looks for the ways in which a script turns text into
// markup or code.
func TestNoTextBecomesMarkup(t *testing.T) {
	t.Parallel()
	ways := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|javascript:`)
	files, err := fs.Glob(os.DirFS("static"), "*.js")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		source, err := os.ReadFile("static/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if m := ways.Find(source); m != nil {
			t.Errorf("%s uses %s", name, m)
		}
	}
}

func TestWhoMayEmbed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		origins         []string
		ancestors, deny string
	}{
		"only our own": {nil, "frame-ancestors 'self'", "SAMEORIGIN"},
		"listed":       {[]string{"https://www.bank.example", "https://m.bank.example"}, "frame-ancestors 'self' https://www.bank.example https://m.bank.example", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := usual
			o.EmbedOrigins = c.origins
			h := get(t, serve(t, o), "/").header
			policy := h.Get("Content-Security-Policy")
			for _, want := range []string{
				"default-src 'none'", "script-src 'self';", "style-src 'self';", "connect-src 'self';", "base-uri 'none'", "form-action 'none'",
				"require-trusted-types-for 'script'", c.ancestors,
			} {
				if !strings.Contains(policy, want) {
					t.Errorf("%s is not in %s", want, policy)
				}
			}
			if strings.Contains(policy, "unsafe") || !strings.HasSuffix(policy, c.ancestors) {
				t.Errorf("the policy is %s", policy)
			}
			if got := h.Get("X-Frame-Options"); got != c.deny {
				t.Errorf("X-Frame-Options is %q, want %q", got, c.deny)
			}
		})
	}
}

func TestNobodyEmbedsTheDesk(t *testing.T) {
	t.Parallel()
	o := usual
	o.EmbedOrigins = []string{"https://www.bank.example"}
	h := get(t, serve(t, o), "/desk").header
	if !strings.HasSuffix(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") || h.Get("X-Frame-Options") != "DENY" {
		t.Errorf("%v", h)
	}
}

func TestOnlyWhatIsWantedIsServed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		chat, desk bool
		found      string
	}{"chat": {true, false, "/ /widget.js"}, "desk": {false, true, "/desk"}, "neither": {false, false, ""}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := usual
			o.Chat, o.Desk = c.chat, c.desk
			h := serve(t, o)
			var found []string
			for _, path := range []string{"/", "/desk", "/widget.js"} {
				if get(t, h, path).status == http.StatusOK {
					found = append(found, path)
				}
			}
			if got := strings.Join(found, " "); got != c.found {
				t.Errorf("found %q, want %q", got, c.found)
			}
		})
	}
}

func TestCaching(t *testing.T) {
	t.Parallel()
	h := serve(t, usual)
	script := regexp.MustCompile(`/chat/[0-9a-f]{16}/app\.js`).FindString(get(t, h, "/").body)
	for _, path := range []string{"/", "/chat/config.json", "/widget.js", script} {
		first := get(t, h, path)
		tag := first.header.Get("ETag")
		if first.status != http.StatusOK || tag == "" || first.header.Get("Cache-Control") == "no-store" {
			t.Errorf("%s: %d %v", path, first.status, first.header)
		}
		if again := get(t, h, path, "If-None-Match", tag); again.status != http.StatusNotModified || again.body != "" {
			t.Errorf("%s: asked again: %d", path, again.status)
		}
		packed := get(t, h, path, "Accept-Encoding", "br, gzip")
		if packed.header.Get("Content-Encoding") != "gzip" {
			if len(first.body) > 1000 {
				t.Errorf("%s: %d bytes are not compressed", path, len(first.body))
			}
			continue
		}
		r, err := gzip.NewReader(strings.NewReader(packed.body))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(r)
		if err != nil || string(plain) != first.body {
			t.Errorf("%s: compressed it is something else: %v", path, err)
		}
		if packed.header.Get("ETag") == tag || packed.header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: %v", path, packed.header)
		}
		if refused := get(t, h, path, "Accept-Encoding", "gzip;q=0"); refused.header.Get("Content-Encoding") != "" {
			t.Errorf("%s: compressed against the client's wish", path)
		}
	}
	if stale := get(t, h, "/chat/0000000000000000/app.js"); stale.status != http.StatusOK || stale.header.Get("Cache-Control") != "no-store" {
		t.Errorf("a file of another version: %d %v", stale.status, stale.header)
	}
	for _, path := range []string{"/chat/x/nothing.js", "/chat/x/index.html", "/chat/x/..%2fconsole.go", "/chat/", "/index.html"} {
		if a := get(t, h, path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestOneVersionForOneLook(t *testing.T) {
	t.Parallel()
	version := regexp.MustCompile(`/chat/[0-9a-f]{16}/`)
	find := func(accent string) string {
		o := usual
		o.Accent = accent
		return version.FindString(get(t, serve(t, o), "/").body)
	}
	if a, b, c := find("#0f6b62"), find("#0f6b62"), find("#aa0000"); a != b || a == c || a == "" {
		t.Errorf("versions are %s, %s and, in another colour, %s", a, b, c)
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	o := usual
	o.TokenRequired, o.EmbedOrigins = true, []string{"https://www.bank.example"}
	for name, c := range map[string]struct {
		o    console.Options
		want string
	}{
		"plain":  {usual, `{"title":"Harbor <Bank>","token_required":false,"demo_customers":[],"embed_origins":[]}`},
		"tokens": {o, `{"title":"Harbor <Bank>","token_required":true,"demo_customers":[],"embed_origins":["https://www.bank.example"]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got, want any
			if err := json.Unmarshal([]byte(get(t, serve(t, c.o), "/chat/config.json").body), &got); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(c.want), &want); err != nil {
				t.Fatal(err)
			}
			a, _ := json.Marshal(got)
			b, _ := json.Marshal(want)
			if string(a) != string(b) {
				t.Errorf("got %s, want %s", a, b)
			}
		})
	}
}

func TestWrongOptions(t *testing.T) {
	t.Parallel()
	for _, o := range []console.Options{
		{Accent: "#112233"}, {Title: "x"}, {Title: "x", Accent: "red"}, {Title: "x", Accent: "#12345"}, {Title: "x", Accent: "#1234567"}, {Title: "x", Accent: "#gggggg"},
	} {
		if _, err := console.New(o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}
