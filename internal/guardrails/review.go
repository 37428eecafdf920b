package guardrails

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/policy"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
)

// Injection is the category under which reviews list attempts to override the
// assistant's instructions.
const Injection = "injection"

// ReviewStatus says what people think of a review.
type ReviewStatus string

// The states of a review. An approved text may pass from then on.
const (
	ReviewPending   ReviewStatus = "pending"
	ReviewApproved  ReviewStatus = "approved"
	ReviewConfirmed ReviewStatus = "confirmed"
)

// Review is a text that was blocked or flagged, for people to look at. Texts that
// differ only in case, spelling tricks or personal data are one review.
type Review struct {
	ID        string
	Direction Direction
	Text      string // personal data replaced by its type, at most maxReviewText bytes
	// Categories are what was found, sorted; Injection is one of them.
	Categories    []string
	Score         float64 // the highest
	PolicyVersion string
	Status        ReviewStatus
	// Approved are the categories that an approval allows; it doesn't allow what
	// was found only later.
	Approved  []string
	Note      string
	Reviewer  string
	Count     int64
	FirstSeen time.Time
	LastSeen  time.Time
	DecidedAt time.Time // zero while nobody has decided
}

// Decision is what a person decided about a review.
type Decision struct {
	Status   ReviewStatus // approved or confirmed
	Note     string
	Reviewer string
	At       time.Time
}

// ReviewFilter chooses reviews, those seen last first.
type ReviewFilter struct {
	Status ReviewStatus // empty for all
	// Before continues a list: the LastSeen and ID of its last review.
	Before   time.Time
	BeforeID string
	Limit    int
}

// ReviewStore keeps reviews.
type ReviewStore interface {
	// Report adds a review or counts it once more. One that has categories that
	// were not known before is pending again; what was approved stays so.
	// Reviews that nobody decided are dropped, the oldest first, when there are
	// more than keep.
	Report(ctx context.Context, r Review, keep int) error
	// Approved returns the categories that are allowed for a review; none for one
	// that doesn't exist.
	Approved(ctx context.Context, id string) ([]string, error)
	// Review returns one review, or a fault.NotFound.
	Review(ctx context.Context, id string) (Review, error)
	Reviews(ctx context.Context, f ReviewFilter) ([]Review, error)
	// Decide stores a decision together with its record in the audit log. The
	// same decision again changes nothing.
	Decide(ctx context.Context, id string, d Decision) (Review, error)
}

// Again counts a text that is up for review once more. Categories that were not
// known before make it pending again.
func (r *Review) Again(next Review) {
	for _, c := range next.Categories {
		if !slices.Contains(r.Categories, c) {
			r.Categories = append(r.Categories, c)
			r.Status = ReviewPending
		}
	}
	slices.Sort(r.Categories)
	r.Score = max(r.Score, next.Score)
	r.PolicyVersion = next.PolicyVersion
	r.Count += next.Count
	if next.LastSeen.After(r.LastSeen) {
		r.LastSeen = next.LastSeen
	}
}

// Apply makes a decision the review's and says whether that changed anything.
func (r *Review) Apply(d Decision) bool {
	if r.Status == d.Status && r.Note == d.Note && r.Reviewer == d.Reviewer {
		return false
	}
	r.Status, r.Note, r.Reviewer, r.DecidedAt = d.Status, d.Note, d.Reviewer, d.At
	r.Approved = nil
	if d.Status == ReviewApproved {
		r.Approved = slices.Clone(r.Categories)
	}
	return true
}

// Record is what the audit log says of a review's decision.
func (r Review) Record() audit.Record {
	sum := sha256.New()
	for _, field := range append([]string{r.Note, string(r.Direction)}, r.Categories...) {
		fmt.Fprintf(sum, "%d:%s", len(field), field)
	}
	return audit.Record{At: r.DecidedAt, Kind: "review." + string(r.Status), Actor: r.Reviewer, Subject: r.ID, Digest: sum.Sum(nil)}
}

const (
	// maxReviewText bounds a stored text, in bytes; the fingerprint is over all.
	maxReviewText = 8 << 10
	// MaxNote bounds the note of a decision, in bytes.
	MaxNote = 2000
	// maxPending bounds the reviews that wait: more than people can look at would
	// only be an attacker's way to fill the disk.
	maxPending = 10_000
	// reviewQueue is how many reports may wait for the database.
	reviewQueue = 1000
	// reviewTimeout bounds the look for an approval and the storing of a review.
	reviewTimeout = 500 * time.Millisecond
)

// anonymous returns a text with every piece of personal data replaced by its
// type, which says more to a reviewer than asterisks, and less of the person.
func anonymous(text string) string {
	found := pii.Find(text)
	for i := range found {
		found[i].Masked = "[" + found[i].Type + "]"
	}
	return pii.Mask(text, found)
}

var notWord = regexp.MustCompile(`[^\pL\pN\[\]]+`)

// fingerprint identifies a text by its words.
func fingerprint(d Direction, anonymous string) string {
	words := notWord.ReplaceAllString(textview.Fold(anonymous), " ")
	sum := sha256.Sum256([]byte(string(d) + "\x00" + strings.TrimSpace(words)))
	return hex.EncodeToString(sum[:16])
}

// reviewOf returns the review that a verdict is about; false when nothing in it
// needs one.
func reviewOf(r Request, v Verdict, now time.Time) (Review, bool) {
	review := Review{Direction: r.Direction, PolicyVersion: v.PolicyVersion, Status: ReviewPending, Count: 1, FirstSeen: now, LastSeen: now}
	for _, violation := range v.SafetyViolations {
		if violation.Action != string(policy.Allow) {
			review.Categories = append(review.Categories, violation.Category)
			review.Score = max(review.Score, violation.Score)
		}
	}
	if v.IsInjection && v.InjectionAction != string(policy.Allow) {
		review.Categories = append(review.Categories, Injection)
		review.Score = max(review.Score, v.InjectionScore)
	}
	if len(review.Categories) == 0 {
		return Review{}, false
	}
	slices.Sort(review.Categories)
	review.Text = anonymous(r.Text)
	review.ID = fingerprint(r.Direction, review.Text)
	review.Text = shorten(review.Text, maxReviewText)
	return review, true
}

// shorten cuts a text at a character.
func shorten(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit-len("…")], "") + "…"
}

// review lets people's earlier approval overrule a verdict, and puts what then
// is still wrong with the text in the queue.
func (s *Service) review(ctx context.Context, r Request, v *Verdict) {
	if s.reviews == nil {
		return
	}
	review, ok := reviewOf(r, *v, s.now())
	if !ok {
		return
	}
	lookup, cancel := context.WithTimeout(ctx, reviewTimeout)
	defer cancel()
	approved, err := s.reviews.Approved(lookup, review.ID)
	if err != nil {
		s.log.WarnContext(ctx, "approvals not available, the verdict stands", "error", err)
	}
	v.approve(approved)
	if !slices.ContainsFunc(review.Categories, func(c string) bool { return !slices.Contains(approved, c) }) {
		return
	}
	select {
	case s.reported <- review:
	default:
		s.dropped.Inc()
	}
}

// approve allows categories.
func (v *Verdict) approve(categories []string) {
	if len(categories) == 0 {
		return
	}
	for i := range v.SafetyViolations {
		if violation := &v.SafetyViolations[i]; slices.Contains(categories, violation.Category) {
			violation.Action = string(policy.Allow)
		}
	}
	v.settle()
	if slices.Contains(categories, Injection) {
		v.IsInjection, v.InjectionAction = false, string(policy.Allow)
	}
}

// RunReviews stores reported texts until ctx ends, and then those still waiting.
func (s *Service) RunReviews(ctx context.Context) {
	if s.reviews == nil {
		return
	}
	for {
		select {
		case r := <-s.reported:
			s.store(context.WithoutCancel(ctx), r)
		case <-ctx.Done():
			for {
				select {
				case r := <-s.reported:
					s.store(context.WithoutCancel(ctx), r)
				default:
					return
				}
			}
		}
	}
}

func (s *Service) store(ctx context.Context, r Review) {
	ctx, cancel := context.WithTimeout(ctx, reviewTimeout)
	defer cancel()
	if err := s.reviews.Report(ctx, r, maxPending); err != nil {
		s.dropped.Inc()
		s.log.WarnContext(ctx, "a text could not be put up for review", "error", err)
	}
}

// noReviews is the error of a service without a database.
func (s *Service) noReviews() error {
	if s.reviews == nil {
		return fault.New(fault.NotFound, "this service keeps no reviews")
	}
	return nil
}

// Reviews lists reviews, those seen last first.
func (s *Service) Reviews(ctx context.Context, f ReviewFilter) ([]Review, error) {
	if err := s.noReviews(); err != nil {
		return nil, err
	}
	return s.reviews.Reviews(ctx, f)
}

// Review returns one review.
func (s *Service) Review(ctx context.Context, id string) (Review, error) {
	if err := s.noReviews(); err != nil {
		return Review{}, err
	}
	return s.reviews.Review(ctx, id)
}

// Decide stores what a person decided. An approval is in force on every replica
// once Decide returns; to confirm an approved text later takes it back.
func (s *Service) Decide(ctx context.Context, id string, d Decision) (Review, error) {
	if err := s.noReviews(); err != nil {
		return Review{}, err
	}
	switch {
	case d.Status != ReviewApproved && d.Status != ReviewConfirmed:
		return Review{}, fault.New(fault.Validation, "the decision must be approve or confirm")
	case len(d.Note) > MaxNote:
		return Review{}, fault.New(fault.Validation, "the note must be at most %d bytes long", MaxNote)
	}
	d.Note, d.At = anonymous(d.Note), s.now()
	r, err := s.reviews.Decide(ctx, id, d)
	if err == nil {
		s.log.InfoContext(ctx, "guardrails review decided", "review_id", id, "status", string(r.Status), "categories", r.Categories)
	}
	return r, err
}
