package knowledge_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
	"github.com/swipesavvy/swipesavvy-ai-agents/knowledge"
)

// questions are things that customers ask, in their words, and the articles
// that answer. The headings of the articles were chosen with them in view, so
// they guard what works and measure nothing.
var questions = []struct{ question, articles string }{
	{"how much money do I have", "checking-balances"},
	{"why is my balance lower than I thought", "checking-balances"},
	{"do you charge for going below zero", "checking-balances fees"},
	{"what's my routing number", "account-and-routing-numbers"},
	{"where can I see my full account number", "account-and-routing-numbers"},
	{"a charge from the gas station is bigger than what I paid", "pending-transactions"},
	{"how long will this stay pending", "pending-transactions"},
	{"can I cancel a pending purchase", "pending-transactions"},
	{"how do I find an old purchase", "searching-transactions"},
	{"I don't know this merchant name", "searching-transactions"},
	{"can I export my transactions to a spreadsheet", "searching-transactions"},
	{"how are my spending categories decided", "spending-summaries"},
	{"can I set a budget", "spending-summaries"},
	{"is it free to move money from checking to savings", "transfers-between-your-accounts"},
	{"how do I send money to my friend", "sending-money-to-people"},
	{"how do I add a new payee", "sending-money-to-people"},
	{"when will my transfer get to the other bank", "transfer-times"},
	{"what time is the cutoff for transfers", "transfer-times"},
	{"my transfer still hasn't arrived", "transfer-times"},
	{"can I take back a transfer I sent", "canceling-a-transfer"},
	{"I sent money to the wrong person", "canceling-a-transfer"},
	{"how do I pay my electric bill", "paying-bills"},
	{"when will the company get my bill payment", "paying-bills"},
	{"can you pay my rent automatically every month", "scheduled-and-recurring-bills"},
	{"stop a recurring payment", "scheduled-and-recurring-bills"},
	{"what is the most I can transfer in a day", "limits"},
	{"raise my limit", "limits"},
	{"what fees do you charge", "fees"},
	{"how much does it cost to take money out at another bank's machine", "atm-withdrawals fees"},
	{"does freezing stop my subscriptions", "freezing-and-unfreezing-your-card"},
	{"how do I unfreeze my card", "freezing-and-unfreezing-your-card"},
	{"my wallet got stolen", "lost-or-stolen-card"},
	{"someone used my card do I get the money back", "lost-or-stolen-card disputing-a-transaction"},
	{"when will my new card come", "replacement-cards"},
	{"how do I activate my card", "replacement-cards"},
	{"my card is damaged and won't swipe", "replacement-cards"},
	{"I forgot my pin", "card-pin"},
	{"pin blocked", "card-pin"},
	{"my card got declined at the store but I have money", "card-declined"},
	{"how long do I have to dispute a charge", "disputing-a-transaction"},
	{"I was charged twice for the same thing", "disputing-a-transaction"},
	{"what is a provisional credit", "disputing-a-transaction"},
	{"I got a text asking for my code is it really you", "recognizing-fraud-and-phishing"},
	{"someone called pretending to be the bank", "recognizing-fraud-and-phishing"},
	{"turn on two factor authentication", "account-security"},
	{"reset my password", "account-security"},
	{"my account is locked", "account-security"},
	{"I moved, update my address", "changing-your-details"},
	{"change my phone number", "changing-your-details"},
	{"I got married and need to change my name", "changing-your-details"},
	{"set up direct deposit", "adding-money"},
	{"can I deposit cash", "adding-money"},
	{"deposit a check with my phone", "adding-money"},
	{"how much cash can I withdraw at an atm", "atm-withdrawals limits"},
	{"the machine swallowed my card", "atm-withdrawals"},
	{"do I need to tell you I'm traveling", "foreign-transactions-and-travel"},
	{"foreign transaction fee", "foreign-transactions-and-travel fees"},
	{"can I use my card in europe", "foreign-transactions-and-travel"},
	{"how much cash back do I earn on groceries", "rewards-and-cash-back"},
	{"do my rewards expire", "rewards-and-cash-back"},
	{"where are my statements", "statements-and-tax-documents"},
	{"when do I get my 1099", "statements-and-tax-documents"},
	{"what interest rate does savings pay", "interest-on-savings"},
	{"close my account", "closing-your-account"},
	{"can I talk to a real person", "talking-to-a-person"},
	{"what hours are you open", "talking-to-a-person"},
	{"can you see my password", "privacy-and-the-assistant"},
	{"do you keep my chat history", "privacy-and-the-assistant"},
}

func TestQuestionsFindTheirArticle(t *testing.T) {
	t.Parallel()
	service := search(t)
	for _, q := range questions {
		found, err := service.Search(t.Context(), rag.Query{Text: q.question, Limit: 3})
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 || !slices.Contains(strings.Fields(q.articles), found[0].DocumentID) {
			t.Errorf("%q finds %v first, want a passage of %s", q.question, passages(found), q.articles)
		}
	}
}

// TestForeignQuestionsFindNothing holds the other side: what the articles don't
// know must not be answered from them.
func TestForeignQuestionsFindNothing(t *testing.T) {
	t.Parallel()
	service := search(t)
	for _, question := range []string{
		"how tall is mount everest",
		"write a poem about autumn leaves",
		"who won the football game yesterday",
		"best recipe for banana bread",
	} {
		found, err := service.Search(t.Context(), rag.Query{Text: question, Limit: 3})
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 {
			t.Errorf("%q finds %v, want nothing", question, passages(found))
		}
	}
}

func passages(found []rag.Passage) []string {
	var ids []string
	for _, p := range found {
		ids = append(ids, p.ChunkID)
	}
	return ids
}

// search returns the real search over the articles on an empty database.
func search(t *testing.T) *rag.Service {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{SQLitePath: filepath.Join(t.TempDir(), "test.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	service := rag.New(rag.Options{Store: db.Knowledge()})
	if err := service.IngestFS(t.Context(), knowledge.Articles); err != nil {
		t.Fatal(err)
	}
	if err := service.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return service
}
