package concierge

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/modelengine"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

const (
	// maxAnswers bounds the answers that are kept; some kilobytes each.
	maxAnswers = 5000
	// maxQuestion bounds the questions that are kept, in bytes: longer ones tell a
	// story and don't come twice.
	maxQuestion = 300
)

// digest identifies a text.
type digest [sha256.Size]byte

// Shelf keeps answers where all replicas find them. What it can't do it needn't
// tell: an answer that isn't found is made anew.
type Shelf interface {
	// Get returns what is kept under a key, or nil.
	Get(ctx context.Context, key string) []byte
	// Set keeps a value under a key for a time.
	Set(ctx context.Context, key string, value []byte, keep time.Duration)
}

// answers keeps what the model said to questions that are nobody's own: the first
// of a conversation, without personal data, answered from help articles and
// without a tool. Who asks makes no difference to them, so everybody may get them.
type answers struct {
	kept     *otter.Cache[digest, answered] // on this replica; nil keeps none
	shelf    Shelf                          // of all replicas; may be nil
	keepFor  time.Duration
	now      func() time.Time
	requests *prometheus.CounterVec
}

// answered is a kept answer.
type answered struct {
	Text      string     `json:"text"`
	Citations []Citation `json:"citations"`
	// Basis are the passages that the model had. While the same are found, the
	// answer is as good as on its first day.
	Basis digest `json:"basis"`
	// Until is when it is too old, wherever it is kept; Unix milliseconds.
	Until int64 `json:"until"`
}

// newAnswers keeps answers for a time; zero keeps none.
func newAnswers(keepFor time.Duration, shelf Shelf, now func() time.Time, reg prometheus.Registerer) *answers {
	a := &answers{shelf: shelf, keepFor: keepFor, now: now, requests: promauto.With(reg).NewCounterVec(prometheus.CounterOpts{
		Name: "response_cache_requests_total", Help: "Questions that could be answered from the cache, by result (hit, stale, miss).",
	}, []string{"result"})}
	if keepFor > 0 {
		a.kept = otter.Must(&otter.Options[digest, answered]{
			MaximumSize: maxAnswers, ExpiryCalculator: otter.ExpiryWriting[digest, answered](keepFor),
		})
	}
	return a
}

// question is what a turn's answer is kept under; nil for one that is the
// customer's own. Another policy or other instructions to the model make it
// another question.
func (a *answers) question(t *turn, promptVersion string) *digest {
	st := &t.state
	own := len(t.verdict.PIIMatches) > 0 || len(st.Vault.Values) > 0 || !reflect.ValueOf(st.Memory).IsZero() ||
		st.Shown != "" || len(st.Talk.Recent) > 0 || len(st.Talk.Summary) > 0
	if a.kept == nil || own || len(t.req.Message) > maxQuestion {
		return nil
	}
	words := strings.TrimRight(strings.Join(strings.Fields(strings.ToLower(t.req.Message)), " "), " ?!.")
	key := digest(sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%t\x00%s", t.verdict.PolicyVersion, promptVersion, t.req.UserID != "", words)))
	return &key
}

// basis identifies passages.
func basis(passages []rag.Passage) digest {
	h := sha256.New()
	for _, p := range passages {
		for _, field := range []string{p.ChunkID, p.Title, p.Content} {
			fmt.Fprintf(h, "%d:%s", len(field), field)
		}
	}
	return digest(h.Sum(nil))
}

// fresh answers a turn with what was said to the same question about the same
// passages.
func (a *answers) fresh(ctx context.Context, t *turn, question *digest, passages []rag.Passage) bool {
	if question == nil || len(passages) == 0 {
		return false
	}
	now := basis(passages)
	kept, ok := a.find(ctx, *question, func(k answered) bool { return k.Basis == now })
	if !ok {
		a.requests.WithLabelValues("miss").Inc()
		return false
	}
	a.requests.WithLabelValues("hit").Inc()
	kept.fill(t)
	return true
}

// stale does the same whatever the passages are now: for a turn that is degraded
// anyway.
func (a *answers) stale(ctx context.Context, t *turn, question *digest) bool {
	if question == nil {
		return false
	}
	kept, ok := a.find(ctx, *question, func(answered) bool { return true })
	if ok {
		a.requests.WithLabelValues("stale").Inc()
		kept.fill(t)
	}
	return ok
}

// find looks for an answer that is good enough, here and then on the shelf.
func (a *answers) find(ctx context.Context, question digest, good func(answered) bool) (answered, bool) {
	usable := func(k answered) bool { return k.Until > a.now().UnixMilli() && good(k) }
	if kept, ok := a.kept.GetIfPresent(question); ok && usable(kept) {
		return kept, true
	}
	if a.shelf == nil {
		return answered{}, false
	}
	var kept answered
	data := a.shelf.Get(ctx, question.name())
	if data == nil || json.Unmarshal(data, &kept) != nil || kept.Text == "" || !usable(kept) {
		return answered{}, false
	}
	a.kept.Set(question, kept)
	return kept, true
}

// name is a digest as text.
func (d digest) name() string { return base64.RawURLEncoding.EncodeToString(d[:]) }

func (k answered) fill(t *turn) {
	t.text, t.reply.Engine, t.feature = k.Text, EngineCache, string(localengine.Knowledge)
	t.reply.Citations = append(t.reply.Citations, k.Citations...)
}

// keep keeps the model's answer if it is nobody's own.
func (a *answers) keep(ctx context.Context, question *digest, passages []rag.Passage, out modelengine.Outcome) {
	if question == nil || len(out.Cited) == 0 || len(out.Runs) > 0 || out.Proposal != nil || out.Text == "" {
		return
	}
	kept := answered{Text: out.Text, Basis: basis(passages), Until: a.now().Add(a.keepFor).UnixMilli()}
	for _, p := range out.Cited {
		kept.Citations = append(kept.Citations, citation(p))
	}
	a.kept.Set(*question, kept)
	if a.shelf == nil {
		return
	}
	if data, err := json.Marshal(kept); err == nil { // it always has a JSON form
		a.shelf.Set(ctx, question.name(), data, a.keepFor)
	}
}
