// Package internal_test checks the shape of the whole program: which package may
// import which, and that each one says what it is for. It parses the sources and
// runs nothing of them.
package internal_test

import (
	"go/doc"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/swipesavvy/swipesavvy-ai-agents"

// layer is a group of packages with the same duty.
type layer string

const (
	base     layer = "base"     // words that every package shares
	platform layer = "platform" // what any service needs: edge, telemetry, settings
	core     layer = "core"     // what the product does, without HTTP or SQL
	face     layer = "face"     // a core's HTTP handler and client
	storage  layer = "storage"  // the cores' stores in SQL
	top      layer = "top"      // joins everything
	helper   layer = "helper"   // helps tests; production code never imports it
)

// layers places every package of internal/. A new package must be added here:
// whoever adds it decides what it may know.
var layers = map[string]layer{
	"breaker": base,
	"fault":   base,
	"llm":     base,
	"linear":  base,
	"money":   base,

	"auth":       platform,
	"backup":     platform,
	"config":     platform,
	"embedding":  platform,
	"chatclient": platform,
	"health":     platform,
	"httpclient": platform,
	"httpserver": platform,
	"loadtest":   platform,
	"ratelimit":  platform,
	"redis":      platform,
	"telemetry":  platform,
	"together":   platform,

	"audit":                 core,
	"bank":                  core,
	"concierge":             core,
	"demo":                  core,
	"event":                 core,
	"feature":               core,
	"grounding":             core,
	"guardrails":            core,
	"guardrails/attack":     core,
	"guardrails/llamaguard": core,
	"guardrails/pii":        core,
	"guardrails/policy":     core,
	"guardrails/safety":     core,
	"guardrails/textview":   core,
	"guardrails/phrases":    core,
	"guardrails/wordmodel":  core,
	"guardrails/evaluation": core,
	"handoff":               core,
	"incident":              core,
	"localengine":           core,
	"localengine/intent":    core,
	"localengine/slots":     core,
	"modelengine":           core,
	"rag":                   core,
	"rag/beir":              core,
	"rag/feed":              core,
	"rag/ingest":            core,
	"rag/ingest/pdf":        core,
	"rag/ranking":           core,

	"console":                   face,
	"adminhttp":                 face,
	"concierge/conciergehttp":   face,
	"guardrails/guardrailshttp": face,
	"incident/incidenthttp":     face,
	"rag/raghttp":               face,
	"bank/corehttp":             face,

	"store":          storage,
	"store/books":    storage,
	"store/observe":  storage,
	"store/sqlite":   storage,
	"store/postgres": storage,

	"app":      top,
	"doctor":   top,
	"report":   top,
	"recovery": top,

	"embedding/embeddingtest": helper,
	"pgtest":                  helper,
	"redistest":               helper,
	"bank/corehttp/coretest":  helper,
	"store/storetest":         helper,
	"together/togethertest":   helper,
}

// mayImport lists, for each layer, the layers that its packages may import, and
// why they may not import the others.
var mayImport = map[layer]struct {
	layers []layer
	reason string
}{
	base:     {[]layer{base}, "everything depends on these, so they depend only on one another"},
	platform: {[]layer{base, platform}, "the platform serves any product and knows nothing of this one"},
	core:     {[]layer{base, core}, "a core must run and be tested without HTTP, SQL or settings"},
	face:     {[]layer{base, platform, core}, "a face translates between HTTP and one core; it reaches data through the core"},
	storage:  {[]layer{base, core, storage}, "a store obeys the cores' interfaces and must not depend on who calls them"},
	top:      {[]layer{base, platform, core, face, storage, top}, "test helpers don't belong in the program"},
	helper:   {[]layer{base, platform, core, face, storage, top, helper}, ""},
}

// coresOf lists the cores that name another core's types. Any other core stands
// alone, so that it can be split off as a service of its own.
var coresOf = map[string][]string{
	"concierge":   {"audit", "bank", "feature", "grounding", "guardrails", "handoff", "localengine", "modelengine", "rag"},
	"modelengine": {"bank", "feature", "grounding", "guardrails", "rag"},
	"localengine": {"bank", "localengine/intent", "localengine/slots", "rag"},
	"demo":        {"bank", "rag"},

	"guardrails":            {"audit", "guardrails/attack", "guardrails/pii", "guardrails/policy", "guardrails/safety", "guardrails/textview"},
	"guardrails/llamaguard": {"guardrails/safety"},
	"guardrails/policy":     {"guardrails/phrases", "guardrails/pii", "guardrails/safety", "guardrails/textview"},
	"guardrails/attack":     {"guardrails/phrases", "guardrails/textview", "guardrails/wordmodel"},
	"guardrails/safety":     {"guardrails/textview", "guardrails/wordmodel"},
	"guardrails/wordmodel":  {"guardrails/textview"},
	"rag":                   {"rag/ranking"},
	"rag/feed":              {"rag", "rag/ingest"},
	"rag/ingest":            {"rag", "rag/ingest/pdf"},
	"rag/ranking":           {"rag/beir"},
	"guardrails/evaluation": {"guardrails/attack", "guardrails/pii", "guardrails/safety", "guardrails/textview"},
}

// notInCores are packages outside this module that would tie a core to a
// transport, a database or a vendor.
var notInCores = []string{
	"net/http", "database/sql", "os/exec",
	"github.com/danielgtaylor/huma", "github.com/jackc/pgx", "github.com/pressly/goose",
	"github.com/redis/go-redis", "github.com/openai/openai-go", "modernc.org/sqlite",
}

func TestEveryPackageHasALayer(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if inner := p.inner(); inner != "" && layers[inner] == "" {
			t.Errorf("%s is in no layer: add it to the table of this test", p.path)
		}
	}
}

func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		from := p.inner()
		if from == "" {
			continue
		}
		rule := mayImport[layers[from]]
		for _, imported := range p.imports {
			to, ours := strings.CutPrefix(imported, module+"/internal/")
			if ours && !slices.Contains(rule.layers, layers[to]) {
				t.Errorf("%s (%s) imports %s (%s): %s", from, layers[from], to, layers[to], rule.reason)
			}
		}
	}
}

func TestCoresStandAlone(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		from := p.inner()
		if layers[from] != core {
			continue
		}
		for _, imported := range p.imports {
			to, ours := strings.CutPrefix(imported, module+"/internal/")
			if ours && layers[to] == core && !slices.Contains(coresOf[from], to) {
				t.Errorf("core %s imports core %s", from, to)
			}
			if banned(imported) {
				t.Errorf("core %s imports %s, want it behind an interface of the core", from, imported)
			}
		}
	}
}

// banned says whether an import is one of notInCores, or inside one.
func banned(imported string) bool {
	return slices.ContainsFunc(notInCores, func(b string) bool {
		return imported == b || strings.HasPrefix(imported, b+"/")
	})
}

func TestProgramImportsNoTestHelpers(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if layers[p.inner()] == helper {
			continue
		}
		for _, imported := range p.imports {
			to := strings.TrimPrefix(imported, module+"/internal/")
			if imported == "testing" || layers[to] == helper {
				t.Errorf("%s imports %s outside its tests", p.path, imported)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		opening := "Package " + p.name + " "
		if p.name == "main" {
			opening = "Command " + path.Base(p.path) + " "
		}
		if !strings.HasPrefix(p.doc, opening) {
			t.Errorf("%s: want a package comment that opens with %q, got %q", p.path, opening, firstLine(p.doc))
			continue
		}
		if first := new(doc.Package).Synopsis(p.doc); first == strings.Join(strings.Fields(p.doc), " ") {
			t.Errorf("%s: the package comment is one sentence; want what it owns and what it doesn't", p.path)
		}
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
