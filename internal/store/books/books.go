// Package books holds what both engines share of proving the books: the queries
// that look for contradictions, in SQL that both understand, and the gathering
// of a posting from its rows. It runs nothing itself.
package books

import (
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
)

// Counts is a query for the figures of bank.Findings, in the order of its
// first fields.
const Counts = `SELECT (SELECT count(*) FROM customers), (SELECT count(*) FROM accounts), (SELECT count(*) FROM postings),
	(SELECT count(*) FROM entries), (SELECT count(*) FROM orders), (SELECT count(*) FROM holds WHERE NOT released)`

// Check is a query for the ids of what contradicts itself.
type Check struct {
	Into  *[]string
	Query string
}

// Checks lists the queries and where their answers belong.
func Checks(f *bank.Findings) []Check {
	return []Check{
		{&f.WrongBalances, `SELECT id FROM accounts a WHERE balance <> (SELECT coalesce(sum(amount), 0) FROM entries WHERE account_id = a.id) ORDER BY id`},
		{&f.WrongHolds, `SELECT id FROM accounts a WHERE held <> (SELECT coalesce(sum(amount), 0) FROM holds WHERE account_id = a.id AND NOT released) ORDER BY id`},
		{&f.BelowFloor, `SELECT id FROM accounts WHERE kind <> 'internal' AND balance - held < floor ORDER BY id`},
		{&f.Unbalanced, `SELECT e.posting_id FROM entries e JOIN accounts a ON a.id = e.account_id
			GROUP BY e.posting_id, a.currency HAVING sum(e.amount) <> 0 OR count(*) < 2
			UNION SELECT id FROM postings p WHERE NOT EXISTS (SELECT 1 FROM entries WHERE posting_id = p.id) ORDER BY 1`},
		{&f.WrongOrders, `SELECT id FROM orders o WHERE kind IN ('transfer', 'payment', 'bill_payment') AND NOT EXISTS
			(SELECT 1 FROM entries WHERE posting_id = o.id AND account_id = o.from_account AND amount = -o.amount) ORDER BY id`},
		{&f.OrdersWithoutYes, `SELECT o.id FROM orders o JOIN actions a ON a.id = o.id WHERE a.status NOT IN ('executing', 'executed') ORDER BY o.id`},
		{&f.ActionsWithoutDeed, `SELECT id FROM actions a WHERE status = 'executed' AND NOT EXISTS (SELECT 1 FROM orders WHERE id = a.id) ORDER BY id`},
	}
}

// SelectEntries is a query for every entry with its posting, posting by posting:
// id, moment, description, merchant, category, stored and audited digest of the
// posting; account, amount and currency of the entry.
const SelectEntries = `SELECT p.id, p.occurred_at, p.description, p.merchant, p.category, p.digest,
		(SELECT digest FROM audit_log WHERE kind = 'posting' AND subject = p.id ORDER BY id LIMIT 1), e.account_id, e.amount, a.currency
	FROM postings p JOIN entries e ON e.posting_id = p.id JOIN accounts a ON a.id = e.account_id ORDER BY p.id`

// Row is a row of SelectEntries.
type Row struct {
	Posting         bank.Posting // without entries
	Entry           bank.Entry
	Stored, Audited []byte
}

// Gather puts postings together from their rows and hands each to Fn.
type Gather struct {
	Fn      func(p bank.Posting, stored, audited []byte) error
	current Row
}

// Add takes the next row.
func (g *Gather) Add(r Row) error {
	if r.Posting.ID != g.current.Posting.ID {
		if err := g.Done(); err != nil {
			return err
		}
		g.current = r
	}
	g.current.Posting.Entries = append(g.current.Posting.Entries, r.Entry)
	return nil
}

// Done hands over the last posting.
func (g *Gather) Done() error {
	if g.current.Posting.ID == "" {
		return nil
	}
	return g.Fn(g.current.Posting, g.current.Stored, g.current.Audited)
}
