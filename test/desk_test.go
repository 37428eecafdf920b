package test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
)

func TestDesk(t *testing.T) {
	t.Parallel()
	s := start(t, app.All, databases["sqlite"](t), "OPERATOR_TOKEN="+operatorToken).ready(t)
	for name, do := range map[string]func(t *testing.T, s *system){
		"an agent helps a customer": agentHelps,
		"two agents":                twoAgents,
		"a false alarm":             deskReviews,
		"can be seen and read":      deskReadable,
		"the wrong token":           deskWrongToken,
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); do(t, s) })
	}
}

// desk opens the desk and signs in.
func (s *system) desk(t *testing.T, width, height int64, name string) *tab {
	t.Helper()
	b := newTab(t, width, height)
	b.goTo(s.URL(app.Concierge) + "/desk")
	b.fill("#name", name)
	b.fill("#token", operatorToken)
	b.key("Enter")
	b.shows("#state", "Desk · "+name)
	return b
}

// fill writes into a field.
func (b *tab) fill(selector, text string) {
	b.t.Helper()
	b.do(chromedp.Focus(chromedp.CSS(selector)))
	b.write(text)
}

// take opens the conversation whose row has a text.
func (b *tab) take(text string) {
	b.t.Helper()
	b.press(text)
	b.shows("#about", "")
	b.until(`document.querySelectorAll('#messages .turn').length > 0`)
}

func agentHelps(t *testing.T, s *system) {
	const hostile = `<img src=x onerror="alert(1)"> **bold** <script>alert(2)</script>`
	s.chat(t, "desk-help", "What is my checking balance?")
	s.chat(t, "desk-help", "can I talk to a human about my unicorn?")
	s.chat(t, "desk-help", hostile)

	b := s.desk(t, 1280, 800, "Dana")
	b.shows("#list", "unicorn")
	b.until(`/^\(\d+\) Desk/.test(document.title)`)
	b.take("unicorn")
	b.shows("#about", "Asked for a person · demo-alex · waiting")
	b.shows("#messages", hostile)
	b.shows("#messages", "checking balance")
	if get[bool](b, `document.querySelector('#composer').checkVisibility()`) {
		t.Error("an agent may write before the claim")
	}
	b.shot("desk-waiting")
	b.press("Take it")
	b.shows("#about", "with you")
	b.until(`document.activeElement.id === 'message'`)
	b.write("Hello Alex, I am looking at it.")
	b.key("Enter")
	b.shows("#messages", "Hello Alex, I am looking at it.")
	if a := s.news(t, "desk-help", 0, 0); !strings.Contains(a.raw, "Hello Alex") || !strings.Contains(a.raw, `"author":"Dana"`) {
		t.Errorf("the customer reads %s", a.raw)
	}
	s.chat(t, "desk-help", "thank you so much")
	b.shows("#messages", "thank you so much")
	b.until(`document.querySelector('#announcer').innerText.includes('thank you so much')`)
	b.shot("desk-mine")
	if stored := get[string](b, `JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage}) + document.cookie`); strings.Contains(stored, operatorToken) {
		t.Error("the token is stored in the browser")
	}
	b.press("Give back to the assistant")
	b.shows("#about", "closed")
	b.until(`!document.querySelector('#composer').checkVisibility()`)
	b.press("Closed")
	b.shows("#list", "unicorn")
	if a := s.chat(t, "desk-help", "What is my checking balance?"); !strings.Contains(a.message(), "$") {
		t.Errorf("the assistant afterwards: %s", a.raw)
	}
	b.press("Sign out")
	b.shows("#sign-in", "Sign in to the desk")
	if get[bool](b, `document.querySelector('main').innerText.includes('unicorn')`) {
		t.Error("a conversation is on the screen after signing out")
	}
}

func twoAgents(t *testing.T, s *system) {
	s.chat(t, "desk-two", "a zebra needs a human, please talk to a person")
	first, second := s.desk(t, 1000, 700, "Ann"), s.desk(t, 1000, 700, "Bob")
	first.take("zebra")
	second.take("zebra")
	first.press("Take it")
	first.shows("#about", "with you")
	second.shows("#about", "with Ann")
	second.press("Take it over")
	second.shows("#about", "with you")
	first.shows("#about", "with Bob")
	first.until(`!document.querySelector('#composer').checkVisibility()`)

	// The customer leaves, then erases everything: both see it.
	s.chat(t, "desk-two", "back to the assistant")
	second.shows("#about", "closed")
	call(t, http.MethodDelete, s.URL(app.Concierge)+"/api/v1/conversations/desk-two?user_id=demo-alex", nil)
	second.shows("#banner", "erased")
}

// deskReviews lets an agent approve what the guardrails stopped by mistake.
func deskReviews(t *testing.T, s *system) {
	const insult = "I will murder you, you stupid okapi"
	if a := s.chat(t, "desk-review", insult); a.body["guardrails_passed"] != false {
		t.Fatalf("not blocked: %s", a.raw)
	}
	reviewsOf(t, s, "okapi")
	b := s.desk(t, 1000, 700, "Dana Müller")
	b.press("Reviews")
	b.press("okapi")
	b.shows("#review-text", insult)
	b.shows("#review-facts", "Seen once")
	b.fill("#note", "the name of a game")
	b.shot("desk-review")
	b.press("Let it pass from now on")
	b.until(`!document.querySelector("main").innerText.includes("okapi")`)
	if a := s.chat(t, "desk-review-2", insult); a.body["guardrails_passed"] != true {
		t.Errorf("after the approval: %s", a.raw)
	}
	if a := s.admin(t, http.MethodGet, "reviews?status=approved", nil); !strings.Contains(a.raw, "okapi") || !strings.Contains(a.raw, "the name of a game") || !strings.Contains(a.raw, "operator:Dana-M-ller") {
		t.Errorf("reviews: %d %s", a.status, a.raw)
	}
}

func deskReadable(t *testing.T, s *system) {
	for _, theme := range []string{"light", "dark"} {
		for width, where := range map[int64]string{1200: "desk", 360: "phone"} {
			session := "desk-look-" + theme + "-" + where
			s.chat(t, session, "can I talk to a human about my giraffe?")
			s.chat(t, session, strings.Repeat("Donaudampfschifffahrtsgesellschaft", 4))
			b := newTab(t, width, 700)
			b.media("prefers-color-scheme", theme)
			look := func(what string) {
				t.Helper()
				b.settled()
				if faults := get[[]string](b, unreadable); len(faults) > 0 {
					t.Errorf("%s, %s, %s: %s", theme, where, what, strings.Join(faults, "\n"))
				}
				b.noSideways(theme + " " + where + " " + what)
				b.shot(session + "-" + what)
			}
			b.goTo(s.URL(app.Concierge) + "/desk")
			b.fill("#name", "Dana "+where+theme)
			look("sign-in")
			b.fill("#token", operatorToken)
			b.key("Enter")
			b.shows("#list", "giraffe")
			look("inbox")
			b.take("giraffe")
			look("conversation")
			b.press("Take it")
			b.until(`document.querySelector('#composer').checkVisibility()`)
			look("mine")
		}
	}
}

func deskWrongToken(t *testing.T, s *system) {
	b := newTab(t, 800, 600)
	b.goTo(s.URL(app.Concierge) + "/desk")
	b.fill("#name", "Mallory")
	b.fill("#token", strings.Repeat("x", 40))
	b.key("Enter")
	b.shows("#banner", "This token was not accepted.")
	if get[bool](b, `document.querySelector('#inbox').checkVisibility()`) {
		t.Error("the inbox is shown without a token")
	}
}

// TestDeskNeedsAnOperatorsToken: where nobody can sign in there is no desk.
func TestDeskNeedsAnOperatorsToken(t *testing.T) {
	t.Parallel()
	s := start(t, app.All, databases["sqlite"](t)).ready(t)
	if a := call(t, http.MethodGet, s.URL(app.Concierge)+"/desk", nil); a.status != http.StatusNotFound {
		t.Errorf("%d %.100s", a.status, a.raw)
	}
}
