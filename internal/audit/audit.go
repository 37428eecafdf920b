// Package audit keeps a tamper-evident log: one chain of records over everything
// that must be provable later. A record holds who did what to which thing, and
// a digest of the thing, never its text.
//
// Writers add records in the transaction of the change itself and wait for
// nobody. A sealer, one at a time over all replicas, then numbers the records
// and links each to the one before it with a keyed hash. An edit, a removal or
// another order of sealed records breaks the chain at that place.
package audit

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strconv"
	"time"
)

// Record is one entry of the log.
type Record struct {
	ID      int64 // order of arrival, with gaps
	At      time.Time
	Kind    string // what happened, such as posting or action.executed
	Actor   string // the customer, operator or service that did it
	Subject string // what it happened to: an id
	Digest  []byte // SHA-256 of its content

	Seq  int64  // 1, 2, 3, ... once sealed; zero before
	Link []byte // keyed hash over this record and the Link before it
}

// Store keeps records.
type Store interface {
	// Append adds a record on its own; changes that have a transaction add theirs
	// in it.
	Append(ctx context.Context, r Record) error
	// Seal hands the last sealed record (zero when there is none) and up to limit
	// unsealed ones, oldest first, to seal, and stores the Seq and Link that it
	// set. No other Seal runs meanwhile, on any replica. It returns how many
	// records were sealed.
	Seal(ctx context.Context, limit int, seal func(last Record, batch []Record)) (int, error)
	// Each calls fn for every record, in the order of Seq, the unsealed ones last.
	Each(ctx context.Context, fn func(Record) error) error
}

// Log is a Store that people can look through.
type Log interface {
	Store
	// Newest returns up to limit records, the newest first; those before a record's
	// ID where that isn't zero.
	Newest(ctx context.Context, before int64, limit int) ([]Record, error)
}

// batchSize bounds the records sealed in one transaction.
const batchSize = 1000

// Chain seals and verifies the records of a store.
type Chain struct {
	store Store
	key   []byte
	log   *slog.Logger
}

// NewChain returns a Chain. Without a key the chain still shows damage and
// careless edits, but whoever can write to the database can make a new one.
func NewChain(store Store, key string, log *slog.Logger) *Chain {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Chain{store: store, key: []byte(key), log: log}
}

// link computes the Link of a record that follows one with the link before.
func (c *Chain) link(before []byte, r Record) []byte {
	h := hmac.New(sha256.New, c.key)
	for _, field := range []string{
		string(before), strconv.FormatInt(r.Seq, 10), strconv.FormatInt(r.At.UnixMicro(), 10), r.Kind, r.Actor, r.Subject, string(r.Digest),
	} {
		fmt.Fprintf(h, "%d:%s", len(field), field)
	}
	return h.Sum(nil)
}

// Seal links all records that are not linked yet and returns their number.
func (c *Chain) Seal(ctx context.Context) (int, error) {
	total := 0
	for {
		var last Record
		n, err := c.store.Seal(ctx, batchSize, func(before Record, batch []Record) {
			for i := range batch {
				batch[i].Seq = before.Seq + 1
				batch[i].Link = c.link(before.Link, batch[i])
				before = batch[i]
			}
			last = before
		})
		total += n
		if err != nil || n == 0 {
			return total, err
		}
		// The log line is an anchor outside the database: a chain that was cut
		// off or made anew doesn't lead through it.
		c.log.InfoContext(ctx, sealedMessage, "records", n, "seq", last.Seq, "link", hex.EncodeToString(last.Link))
	}
}

// Run seals at every interval until ctx ends.
func (c *Chain) Run(ctx context.Context, interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		if _, err := c.Seal(ctx); err != nil && ctx.Err() == nil {
			c.log.WarnContext(ctx, "audit chain could not be sealed", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Report is what Verify found.
type Report struct {
	Sealed, Unsealed int64
	// Link is the last link of the chain, in hexadecimal: compare it with a line
	// of the log or an earlier report.
	Link string
	// FirstBad names the first record that doesn't fit; empty for a whole chain.
	FirstBad string
}

// Verify walks the whole chain. It can't miss what was cut off at its end, nor all
// of it made anew by somebody who has the key: see VerifyAgainst.
func (c *Chain) Verify(ctx context.Context) (Report, error) { return c.VerifyAgainst(ctx, nil) }

// VerifyAgainst walks the whole chain, which must lead through the anchors as well.
func (c *Chain) VerifyAgainst(ctx context.Context, anchors Anchors) (Report, error) {
	var r Report
	var before Record
	err := c.store.Each(ctx, func(rec Record) error {
		if rec.Seq == 0 {
			r.Unsealed++
			return nil
		}
		r.Sealed++
		if r.FirstBad == "" {
			r.FirstBad = c.fault(before, rec, anchors)
		}
		before = rec
		return nil
	})
	if last := anchors.last(); r.FirstBad == "" && last > before.Seq {
		r.FirstBad = fmt.Sprintf("record %d: it was sealed once, and the chain ends with record %d: what came after that was removed", before.Seq+1, before.Seq)
	}
	r.Link = hex.EncodeToString(before.Link)
	return r, err
}

// fault says why a record doesn't follow another one; empty when it does.
func (c *Chain) fault(before, rec Record, anchors Anchors) string {
	anchor, anchored := anchors[rec.Seq]
	switch {
	case rec.Seq != before.Seq+1:
		return fmt.Sprintf("record %d follows record %d: something was removed between them", rec.Seq, before.Seq)
	case !hmac.Equal(rec.Link, c.link(before.Link, rec)):
		return fmt.Sprintf("record %d (%s %s of %s): it, or the record before it, was changed, or the key is another one", rec.Seq, rec.Kind, rec.Subject, rec.At.UTC().Format(time.RFC3339))
	case anchored && anchor != hex.EncodeToString(rec.Link):
		return fmt.Sprintf("record %d: it has another link than when it was sealed: the chain up to it was made anew", rec.Seq)
	}
	return ""
}
