package test

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// shots is a folder for pictures of the chat page, for people to look at:
//
//	go test ./test -run TestChatPage -shots /tmp/shots
var shots = flag.String("shots", "", "folder for screenshots of the chat page")

// patience is how long a test waits for something in the browser.
const patience = 30 * time.Second

// browser is one Chromium for all tests; each gets a profile of its own in it.
var browser = sync.OnceValues(func() (context.Context, error) {
	path, err := chromium()
	if err != nil {
		return nil, err
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WSURLReadTimeout(2 * patience),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("disable-sync", true), chromedp.Flag("lang", "en-US"),
		chromedp.ModifyCmdFunc(quietStderr),
	}
	allocated, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:], options...)...)
	ctx, cancel := chromedp.NewContext(allocated, chromedp.WithErrorf(quietly))
	stopBrowser = func() { cancel(); stop() }
	return ctx, chromedp.Do(ctx)
})

var stopBrowser = func() {}

// quietly drops what chromedp says about events of a newer browser that it
// doesn't know.
func quietly(format string, args ...any) {
	if line := fmt.Sprintf(format, args...); !strings.Contains(line, "unmarshal") {
		log.Print(line)
	}
}

// quietStderr drops the browser's own chatter.
func quietStderr(cmd *exec.Cmd) { cmd.Stderr = nil }

func TestMain(m *testing.M) {
	status := m.Run()
	stopBrowser()
	os.Exit(status)
}

// chromium finds the browser under the names that systems give it.
func chromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no Chromium on this machine: scripts/test installs one, or run apt-get install chromium")
}

// tab is a browser window with a fresh profile.
type tab struct {
	context.Context
	t        *testing.T
	mu       sync.Mutex
	problems []string
}

// newTab opens an empty window of a size. When the test ends, errors in the
// page's scripts and violations of its Content-Security-Policy fail it.
func newTab(t *testing.T, width, height int64) *tab {
	t.Helper()
	parent, err := browser()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &tab{Context: ctx, t: t}
	if err := b.watch(); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.EmulateViewport(width, height))
	command(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: reportViolations})
	return b
}

const reportViolations = `addEventListener('securitypolicyviolation', (e) =>
	console.error('policy violation: ' + e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample))`

// watch collects what goes wrong in the page, and fails the test with it.
func (b *tab) watch() error {
	if err := chromedp.Listen(b, b.note); err != nil {
		return err
	}
	if _, err := chromedp.Call(b, cdplog.Enable, cdp.Empty{}); err != nil {
		return err
	}
	b.t.Cleanup(func() {
		for _, p := range b.seen() {
			b.t.Errorf("in the browser: %s", p)
		}
	})
	return nil
}

func (b *tab) note(event any) {
	problem := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		problem = e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			problem += " " + x.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError && len(e.Args) > 0 {
			problem = string(e.Args[0].Value) + e.Args[0].Description
		}
	case *cdplog.EventEntryAdded:
		// An answer of 429 is an error in the log as well; tests provoke those.
		if e.Entry.Level == cdplog.EntryLevelError && e.Entry.Source != cdplog.EntrySourceNetwork {
			problem = e.Entry.Text
		}
	}
	if problem != "" {
		b.mu.Lock()
		b.problems = append(b.problems, problem)
		b.mu.Unlock()
	}
}

func (b *tab) seen() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.problems)
}

// run does something in the browser, or ends the test with what is on the screen.
func run[T any](b *tab, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatalf("%v\nproblems: %v\non the screen: %s", err, b.seen(), b.screen())
	}
	return v
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	run(b, chromedp.Steps(actions...))
}

// command sends a command of the browser's protocol.
func command[P, R any](b *tab, c cdp.Command[P, R], params P) R {
	b.t.Helper()
	return run(b, func(ctx context.Context, t *chromedp.Target) (R, error) { return cdp.Call(ctx, t, c, params) })
}

func (b *tab) screen() string {
	ctx, cancel := context.WithTimeout(b, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
	return fmt.Sprint(text, err)
}

func (b *tab) goTo(url string) {
	b.t.Helper()
	b.do(chromedp.Navigate(url))
}

// until waits for a condition in JavaScript.
func (b *tab) until(condition string) {
	b.t.Helper()
	run(b, chromedp.Poll[chromedp.Void](condition, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(patience-time.Second)))
}

// shows waits for a text inside an element that can be seen.
func (b *tab) shows(selector, text string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`[...document.querySelectorAll(%q)].some((n) => n.checkVisibility() && n.innerText.includes(%q))`, selector, text))
}

// get evaluates an expression; a promise is waited for.
func get[T any](b *tab, expression string) T {
	b.t.Helper()
	return run(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// press clicks the visible button with a text in its name.
func (b *tab) press(name string) {
	b.t.Helper()
	const find = `[...document.querySelectorAll('button')].find((n) => n.checkVisibility() && (n.ariaLabel ?? n.innerText).includes(%q))`
	button := fmt.Sprintf(find, name)
	b.until(button)
	b.do(chromedp.Click(chromedp.JSPath(button)))
}

// write types into the element that has the focus.
func (b *tab) write(text string) {
	b.t.Helper()
	command(b, input.InsertText, input.InsertTextParams{Text: text})
}

// ask types a message and sends it with Enter.
func (b *tab) ask(message string) {
	b.t.Helper()
	b.do(chromedp.Focus(chromedp.CSS("#message")))
	b.write(message)
	b.key("Enter")
}

// key presses keys as a keyboard does.
func (b *tab) key(names ...string) {
	b.t.Helper()
	for _, name := range names {
		p := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: name, Code: name}
		if plain, shifted := strings.CutPrefix(name, "Shift+"); shifted {
			p.Key, p.Code, p.Modifiers = plain, plain, 8
		}
		p.WindowsVirtualKeyCode = map[string]int64{"Enter": 13, "Tab": 9, "Escape": 27, "Space": 32}[p.Key]
		p.Text = map[string]string{"Enter": "\r", "Space": " "}[p.Key]
		if p.Key == "Space" {
			p.Key = " "
		}
		command(b, input.DispatchKeyEvent, p)
		p.Type, p.Text = input.DispatchKeyEventTypeKeyUp, ""
		command(b, input.DispatchKeyEvent, p)
	}
}

// media sets what style sheets are told of the person's wishes.
func (b *tab) media(feature, value string) {
	b.t.Helper()
	command(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: feature, Value: value}},
	})
}

// settled waits until nothing moves but what moves on and on.
func (b *tab) settled() {
	b.t.Helper()
	get[bool](b, `Promise.all(document.getAnimations().filter((a) => a.effect.getTiming().iterations < 9).map((a) => a.finished)).then(() => true)`)
}

// shot keeps a picture, where one is wanted.
func (b *tab) shot(name string) {
	b.t.Helper()
	if *shots == "" {
		return
	}
	b.settled()
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), run(b, chromedp.CaptureScreenshot()), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// frameOf attaches to the frame of a page of another origin in this window. Until
// that page is loaded, the browser may put another target in the frame's place.
func (b *tab) frameOf(url string) *tab {
	b.t.Helper()
	var err error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		var targets []*target.Info
		if targets, err = chromedp.Targets(b); err != nil {
			break
		}
		for _, info := range targets {
			if info.Type != "iframe" || !strings.HasPrefix(info.URL, url) {
				continue
			}
			ctx, cancel := chromedp.NewContext(b, chromedp.WithTargetID(info.TargetID))
			f := &tab{Context: ctx, t: b.t}
			if err = f.watch(); err == nil {
				b.t.Cleanup(cancel)
				return f
			}
			cancel()
		}
	}
	b.t.Fatalf("no frame with %s: %v", url, err)
	return nil
}
