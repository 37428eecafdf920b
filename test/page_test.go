package test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwt"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
)

func TestChatPage(t *testing.T) {
	t.Parallel()
	s := start(t, app.All, databases["sqlite"](t)).ready(t)
	for name, do := range map[string]func(t *testing.T, s *system){
		"a customer moves money":   movesMoney,
		"with the keyboard alone":  keyboardAlone,
		"on a phone":               onAPhone,
		"can be seen and read":     accessible,
		"erase and another person": erases,
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); do(t, s) })
	}
}

// enter opens the page as a demo customer.
func (s *system) enter(t *testing.T, width, height int64, customer string) *tab {
	t.Helper()
	b := newTab(t, width, height)
	b.goTo(s.URL(app.Concierge) + "/")
	b.shows("#welcome", "Who would you like to be?")
	b.press(customer)
	b.shows("#welcome", "Hello "+strings.Fields(customer)[0])
	return b
}

func movesMoney(t *testing.T, s *system) {
	b := s.enter(t, 1280, 860, "Alex Rivera")
	b.shot("desktop-welcome")
	before := teller{system: s}.balance(t, "demo-alex-savings")

	b.ask("What is my checking balance?")
	b.shows(".activity", "Looked up your balances")
	b.shows("#messages", "Everyday Checking balance is $")
	b.ask("How do I freeze my card?")
	b.shows(".sources", "Freezing and unfreezing your card")
	b.ask("transfer $50 to savings")
	b.shows(".action .summary", "Move $50.00")
	b.shot("desktop-action")
	const turns = `document.querySelectorAll('.turn').length`
	count := get[int](b, turns)

	// What waits for a yes is there after a reload, and so is the conversation.
	b.do(chromedp.Reload())
	b.shows(".action .summary", "Move $50.00")
	b.shows("#messages", "How do I freeze my card?")
	b.shows(".sources", "Freezing and unfreezing your card")
	if again := get[int](b, turns); again != count {
		t.Errorf("%d turns became %d by reloading", count, again)
	}
	if now := (teller{system: s}).balance(t, "demo-alex-savings"); now != before {
		t.Errorf("savings went from %d to %d before the yes", before, now)
	}
	b.press("Confirm")
	b.shows(".action .result", "Done. Reference")
	b.shows("#messages", "Moved $50.00")
	b.shot("desktop-done")
	if now := (teller{system: s}).balance(t, "demo-alex-savings"); now != before+5000 {
		t.Errorf("savings went from %d to %d", before, now)
	}

	b.ask("transfer $10 to savings")
	b.shows(".action .summary", "Move $10.00")
	b.press("Cancel")
	b.shows(".action .result", "Canceled. Nothing was done.")
	b.ask("transfer $20 to savings")
	b.shows(".action .summary", "Move $20.00")
	b.ask("make it 30")
	b.shows(".action .summary", "Move $30.00")
	b.shows(".action .result", "Replaced by a newer request")
	b.ask("no")
	b.until(`[...document.querySelectorAll('.action .result')].at(-1)?.innerText.includes('Canceled') && !document.querySelector('.action button')`)
	b.do(chromedp.Reload())
	b.shows("#messages", "Moved $50.00")
	if n := get[int](b, `document.querySelectorAll('.action').length`); n != 0 {
		t.Errorf("%d actions wait after the no", n)
	}
}

// keyboardAlone does everything by keys, and sees at each step where it is.
func keyboardAlone(t *testing.T, s *system) {
	b := newTab(t, 1000, 800)
	b.goTo(s.URL(app.Concierge) + "/")
	b.shows("#welcome", "Who would you like to be?")
	to := func(name string) {
		t.Helper()
		const focused = `(() => { const n = document.activeElement; return n === document.body ? '' : n.ariaLabel || n.innerText || document.querySelector('label[for="' + n.id + '"]')?.innerText || '' })()`
		for range 40 {
			b.key("Tab")
			if strings.Contains(get[string](b, focused), name) {
				if get[bool](b, `getComputedStyle(document.activeElement).outlineStyle === 'none' && !document.activeElement.closest('form#composer')`) {
					t.Errorf("nothing shows that %s has the focus", name)
				}
				return
			}
		}
		t.Fatalf("the key Tab never reaches %s", name)
	}
	to("Sam Lindqvist")
	b.key("Enter")
	b.shows("#welcome", "Hello Sam")
	b.until(`document.activeElement.id === 'message'`)
	b.write("What is my balance?")
	b.key("Shift+Enter")
	b.write("Thanks")
	if got := get[string](b, `document.querySelector('#message').value`); got != "What is my balance?\nThanks" {
		t.Errorf("Shift+Enter wrote %q", got)
	}
	get[bool](b, `document.querySelector('#message').select(), true`)
	b.write("transfer $5 to savings")
	b.key("Enter")
	b.shows(".action", "Move $5.00")
	to("Confirm")
	b.key("Space")
	b.shows(".action .result", "Done. Reference")
	if got := get[string](b, `document.activeElement.id`); got != "message" {
		t.Errorf("after the button is gone the focus is on %q", got)
	}
	b.until(`/Done. Reference|Moved \$5.00/.test(document.querySelector('#announcer').innerText)`)
	to("Menu")
	b.key("Enter")
	b.until(`document.querySelector('#menu').matches(':popover-open') && document.querySelector('#more').ariaExpanded === 'true'`)
	to("Erase conversation")
	b.key("Enter")
	b.until(`document.querySelector('#ask-erase').open`)
	b.key("Escape")
	b.until(`!document.querySelector('#ask-erase').open`)
	b.shows("#messages", "Moved $5.00")
}

// noSideways fails when a page is wider than its window.
func (b *tab) noSideways(where string) {
	b.t.Helper()
	const wide = `[...document.querySelectorAll('body *')].filter((n) => n.checkVisibility() && !n.closest('.unseen, svg') &&
		n.getBoundingClientRect().right > innerWidth + 0.5).map((n) => n.tagName + '.' + n.className).slice(0, 5)`
	if get[bool](b, `document.documentElement.scrollWidth > innerWidth || document.querySelector('#scroll').scrollWidth > document.querySelector('#scroll').clientWidth`) {
		b.t.Errorf("%s: the page scrolls sideways", where)
	}
	if got := get[[]string](b, wide); len(got) > 0 {
		b.t.Errorf("%s: cut off: %v", where, got)
	}
}

func onAPhone(t *testing.T, s *system) {
	b := newTab(t, 320, 640)
	command(b, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
	b.goTo(s.URL(app.Concierge) + "/")
	b.shows("#welcome", "Who would you like to be?")
	b.noSideways("the choice")
	b.shot("phone-pick")
	b.press("Maria Okafor")
	b.shows("#welcome", "Hello Maria")
	b.noSideways("the greeting")
	b.shot("phone-welcome")
	b.ask("How do I freeze my card? " + strings.Repeat("Donaudampfschifffahrtsgesellschaft", 4))
	b.until(`document.querySelector('.them:not([aria-busy])')`)
	b.ask("transfer $12.50 to savings")
	b.shows(".action", "Move $12.50")
	b.noSideways("a transfer")
	b.shot("phone-action")
	b.press("Menu")
	b.shows("#menu", "New conversation")
	b.noSideways("the menu")
	b.shot("phone-menu")
	b.press("Erase conversation")
	b.shows("#ask-erase", "Erase this conversation?")
	b.noSideways("the question")
	b.shot("phone-erase")
	b.press("Keep it")
	b.press("Cancel")
	b.shows(".action .result", "Canceled")
	if !get[bool](b, `document.querySelector('#person').checkVisibility()`) {
		t.Error("there is no way to a person")
	}
}

// unreadable lists texts whose contrast is below WCAG's for normal text, and
// controls that are too small to hit.
const unreadable = `(() => {
	const parse = (c) => { const m = c.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0]; return { rgb: m.slice(0, 3), a: m[3] ?? 1 } };
	const over = (top, under) => top.rgb.map((v, i) => v * top.a + under[i] * (1 - top.a));
	const luminance = (rgb) => { const [r, g, b] = rgb.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b };
	const ratio = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05) };
	const behind = (n) => { const layers = []; for (; n; n = n.parentElement) layers.push(parse(getComputedStyle(n).backgroundColor)); return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]) };
	const faults = [];
	let looked = 0;
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const parent = walker.currentNode.parentElement;
		if (!walker.currentNode.data.trim() || !parent.checkVisibility() || parent.closest('.unseen, noscript')) continue;
		looked++;
		const back = behind(parent);
		const value = ratio(over(parse(getComputedStyle(parent).color), back), back);
		if (value < 4.5) faults.push(value.toFixed(2) + ' ' + walker.currentNode.data.trim().slice(0, 40));
	}
	const field = document.querySelector('#message');
	const hint = ratio(parse(getComputedStyle(field, '::placeholder').color).rgb, behind(field));
	if (hint < 4.5) faults.push(hint.toFixed(2) + ' placeholder');
	for (const n of document.querySelectorAll('button, textarea, .options button, .sources a')) {
		if (!n.checkVisibility()) continue;
		const box = (n.closest('li') ?? n).getBoundingClientRect();
		if (box.width < 24 || box.height < 24) faults.push('small: ' + (n.ariaLabel ?? n.innerText) + ' ' + box.width + 'x' + box.height);
	}
	if (looked < 5) faults.push('only ' + looked + ' texts were looked at');
	return faults;
})()`

// accessible looks at the accessibility tree and at what is painted, in both
// themes and in each state of the page.
func accessible(t *testing.T, s *system) {
	for _, theme := range []string{"light", "dark"} {
		t.Run(theme, func(t *testing.T) {
			t.Parallel()
			b := newTab(t, 900, 800)
			b.media("prefers-color-scheme", theme)
			look := func(where string) {
				t.Helper()
				b.settled()
				if faults := get[[]string](b, unreadable); len(faults) > 0 {
					t.Errorf("%s: %s", where, strings.Join(faults, "\n"))
				}
				b.named(where)
				b.shot(theme + "-" + where)
			}
			b.goTo(s.URL(app.Concierge) + "/")
			b.shows("#welcome", "Who would you like to be?")
			look("choice")
			b.press("Alex Rivera")
			b.shows("#welcome", "Hello Alex")
			look("greeting")
			b.ask("How do I freeze my card?")
			b.shows(".sources", "Freez")
			b.ask("transfer $50 to savings")
			b.shows(".action", "Move $50.00")
			look("transfer")
			b.press("Confirm")
			b.shows("#messages", "Moved $50.00")
			look("done")
			b.press("Menu")
			b.shows("#menu", "New conversation")
			look("menu")
			b.press("Erase conversation")
			b.shows("#ask-erase", "Erase this conversation?")
			look("erase")
			dark := get[int](b, `parseInt(getComputedStyle(document.querySelector('#app')).backgroundColor.match(/\d+/)[0])`) < 128
			if dark != (theme == "dark") {
				t.Errorf("the theme is %s, the page is dark: %v", theme, dark)
			}
		})
	}
	t.Run("without motion", func(t *testing.T) {
		t.Parallel()
		b := newTab(t, 900, 800)
		b.media("prefers-reduced-motion", "reduce")
		b.goTo(s.URL(app.Concierge) + "/")
		b.press("Alex Rivera")
		b.ask("What is my balance?")
		b.shows("#messages", "balance")
		if n := get[int](b, `document.getAnimations().length`); n != 0 {
			t.Errorf("%d animations run", n)
		}
	})
}

// named fails for each control that has no name for a screen reader.
func (b *tab) named(where string) {
	b.t.Helper()
	needsName := map[string]bool{
		"button": true, "textbox": true, "link": true, "region": true, "dialog": true, "alertdialog": true, "image": true, "heading": true,
	}
	seen := 0
	for _, n := range command(b, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		if n.Ignored || n.Role == nil {
			continue
		}
		role := strings.Trim(string(n.Role.Value), `"`)
		if !needsName[role] {
			continue
		}
		seen++
		if n.Name == nil || strings.Trim(string(n.Name.Value), `" `) == "" {
			b.t.Errorf("%s: a %s has no name", where, role)
		}
	}
	if seen < 2 {
		b.t.Errorf("%s: %d controls in the accessibility tree", where, seen)
	}
}

func erases(t *testing.T, s *system) {
	b := s.enter(t, 800, 700, "Maria Okafor")
	b.ask("What is my balance?")
	b.shows("#messages", "Everyday Checking")
	session := get[string](b, `JSON.parse(sessionStorage.getItem('swipesavvy-chat')).session`)
	url := s.URL(app.Concierge) + "/api/v1/conversations/" + session + "?user_id=demo-maria"
	if a := call(t, http.MethodGet, url, nil); a.status != http.StatusOK {
		t.Fatalf("stored: %d %s", a.status, a.raw)
	}
	b.press("Menu")
	b.press("Erase conversation")
	b.press("Erase")
	b.shows("#welcome", "Hello Maria")
	if a := call(t, http.MethodGet, url, nil); a.status != http.StatusNotFound {
		t.Errorf("erased: %d %s", a.status, a.raw)
	}
	b.ask("hello")
	b.until(`document.querySelector('.them:not([aria-busy])')`)
	b.press("Menu")
	b.press("Change customer")
	b.press("Sam Lindqvist")
	b.shows("#welcome", "Hello Sam")
	if n := get[int](b, `document.querySelectorAll('.turn').length`); n != 0 {
		t.Errorf("another customer sees %d messages", n)
	}
	b.press("Talk to a person")
	b.shows(".me", "I'd like to talk to a person")
	b.until(`document.querySelector('.them:not([aria-busy])')`)
}

// token signs one for a customer of the system that TestWidget runs.
func token(t *testing.T, secret, subject string, expires time.Time) string {
	t.Helper()
	claims, err := jwt.NewBuilder().Subject(subject).Expiration(expires).Build()
	if err != nil {
		t.Fatal(err)
	}
	signed, err := jwt.Sign(claims, jwt.WithKey(jwa.HS256(), []byte(secret)))
	if err != nil {
		t.Fatal(err)
	}
	return string(signed)
}

// TestWidget puts the chat into a company's page of another origin, which hands
// over its customer's token.
func TestWidget(t *testing.T) {
	t.Parallel()
	const secret = "a secret of more than thirty-two characters"
	company := httptest.NewUnstartedServer(nil)
	// localhost and 127.0.0.1 are two sites, so that the frame is a foreign one.
	origin := "http://localhost:" + company.Listener.Addr().String()[strings.LastIndex(company.Listener.Addr().String(), ":")+1:]
	s := start(t, app.All, databases["sqlite"](t), "AUTH_REQUIRED=true", "JWT_SECRET="+secret, "CHAT_EMBED_ORIGINS="+origin, "COMPANY_NAME=Harbor Bank", "CHAT_ACCENT=#7a1fa2").ready(t)
	chat := s.URL(app.Concierge)
	company.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'self' "+chat+"; frame-src "+chat)
		switch r.URL.Path {
		case "/":
			fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Harbor Bank</title><h1>Harbor Bank</h1><script src="/token.js"></script>
				<script src="%s/widget.js" data-token="chatToken" data-label="Chat with Harbor Bank" data-color="#7a1fa2" async></script>`, chat)
		case "/token.js":
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprintf(w, `let calls = 0; window.chatToken = async () => ++calls === 1 ? %q : %q`,
				token(t, secret, "demo-alex", time.Now().Add(-time.Hour)), token(t, secret, "demo-alex", time.Now().Add(time.Hour)))
		default:
			http.NotFound(w, r)
		}
	})
	company.Start()
	t.Cleanup(company.Close)

	t.Run("a customer asks", func(t *testing.T) {
		t.Parallel()
		b := newTab(t, 1100, 800)
		b.goTo(origin + "/")
		const button = `document.querySelector('body > div').shadowRoot.querySelector('button')`
		b.until(`document.querySelector('body > div')?.shadowRoot`)
		if got := get[string](b, button+`.ariaLabel`); got != "Chat with Harbor Bank" {
			t.Errorf("the button is called %q", got)
		}
		b.do(chromedp.Click(chromedp.JSPath(button)))
		f := b.frameOf(chat)
		f.shows("h1", "Harbor Bank")
		f.shows("#welcome", "how can I help?")
		f.ask("What is my checking balance?") // the first token has expired; another is asked for
		f.shows(".failed, .them", "")
		f.until(`document.querySelector('.them .content')?.innerText.includes('Everyday Checking') || document.querySelector('.failed')`)
		f.shows("#messages", "Everyday Checking balance is $")
		b.shot("widget")
		if kept := get[string](f, `JSON.stringify([location.href, {...sessionStorage}, {...localStorage}, document.cookie])`); strings.Contains(kept, "eyJ") {
			t.Errorf("the token is kept: %s", kept)
		}
		f.key("Escape")
		b.until(button + `.ariaExpanded === 'false' && document.querySelector('body > div').shadowRoot.activeElement === ` + button)
		get[bool](b, `SwipeSavvyChat.signOut(), true`)
		f.until(`document.querySelectorAll('.turn').length === 0`)
	})
	t.Run("another origin may not", func(t *testing.T) {
		t.Parallel()
		thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, `<!doctype html><title>thief</title><iframe src="%s/"></iframe>`, chat)
		}))
		t.Cleanup(thief.Close)
		b := newTab(t, 800, 600)
		b.goTo(strings.Replace(thief.URL, "127.0.0.1", "localhost", 1))
		b.refused(t)
	})
	t.Run("a token by hand", func(t *testing.T) {
		t.Parallel()
		b := newTab(t, 800, 700)
		b.goTo(chat + "/")
		b.shows("#welcome", "Please sign in")
		b.shot("token")
		b.until(`document.activeElement.id === 'token'`)
		b.write("nonsense")
		b.key("Enter")
		b.ask("What is my balance?")
		b.shows("#welcome", "was not accepted")
		b.do(chromedp.Focus(chromedp.CSS("#token")))
		b.write(token(t, secret, "demo-sam", time.Now().Add(time.Hour)))
		b.key("Enter")
		b.shows("#welcome", "how can I help?")
		b.ask("What is my balance?")
		b.shows("#messages", "Everyday Checking")
		// A page of a foreign origin would have to be the parent; this window itself is our own.
		get[bool](b, `window.postMessage({chat: 'sign-out'}, '*'), true`)
		b.shows("#welcome", "Please sign in")
	})
}

// refused waits for the browser's word that the frame may not be shown.
func (b *tab) refused(t *testing.T) {
	t.Helper()
	eventually(t, "the browser refuses to show the frame", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		for i, p := range b.problems {
			if strings.Contains(p, "frame-ancestors") || strings.Contains(p, "Framing") {
				b.problems = append(b.problems[:i], b.problems[i+1:]...)
				return true
			}
		}
		return false
	})
}

func TestNoChatPage(t *testing.T) {
	t.Parallel()
	s := start(t, app.All, databases["sqlite"](t), "CHAT_PAGE=false").ready(t)
	for path, want := range map[string]int{"/": 404, "/widget.js": 404, "/chat/config.json": 404, "/docs": 200} {
		if a := call(t, http.MethodGet, s.URL(app.Concierge)+path, nil); a.status != want {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}
