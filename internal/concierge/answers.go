package concierge

import (
	"crypto/sha256"
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

// answers keeps what the model said to questions that are nobody's own: the first
// of a conversation, without personal data, answered from help articles and
// without a tool. Who asks makes no difference to them, so everybody may get them.
type answers struct {
	kept     *otter.Cache[digest, answered]
	requests *prometheus.CounterVec
}

// answered is a kept answer.
type answered struct {
	text      string
	citations []Citation
	// basis are the passages that the model had. While the same are found, the
	// answer is as good as on its first day.
	basis digest
}

// newAnswers keeps answers for a time; zero keeps none.
func newAnswers(keep time.Duration, reg prometheus.Registerer) *answers {
	a := &answers{requests: promauto.With(reg).NewCounterVec(prometheus.CounterOpts{
		Name: "response_cache_requests_total", Help: "Questions that could be answered from the cache, by result (hit, stale, miss).",
	}, []string{"result"})}
	if keep > 0 {
		a.kept = otter.Must(&otter.Options[digest, answered]{
			MaximumSize: maxAnswers, ExpiryCalculator: otter.ExpiryWriting[digest, answered](keep),
		})
	}
	return a
}

// question is what a turn's answer is kept under; nil for one that is the
// customer's own.
func (a *answers) question(t *turn) *digest {
	st := &t.state
	own := len(t.verdict.PIIMatches) > 0 || len(st.Vault.Values) > 0 || !reflect.ValueOf(st.Memory).IsZero() ||
		st.Shown != "" || len(st.Talk.Recent) > 0 || len(st.Talk.Summary) > 0
	if a.kept == nil || own || len(t.req.Message) > maxQuestion {
		return nil
	}
	words := strings.TrimRight(strings.Join(strings.Fields(strings.ToLower(t.req.Message)), " "), " ?!.")
	key := digest(sha256.Sum256(fmt.Appendf(nil, "%s\x00%t\x00%s", t.verdict.PolicyVersion, t.req.UserID != "", words)))
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
func (a *answers) fresh(t *turn, question *digest, passages []rag.Passage) bool {
	if question == nil || len(passages) == 0 {
		return false
	}
	kept, ok := a.kept.GetIfPresent(*question)
	if !ok || kept.basis != basis(passages) {
		a.requests.WithLabelValues("miss").Inc()
		return false
	}
	a.requests.WithLabelValues("hit").Inc()
	kept.fill(t)
	return true
}

// stale does the same whatever the passages are now: for a turn that is degraded
// anyway.
func (a *answers) stale(t *turn, question *digest) bool {
	if question == nil {
		return false
	}
	kept, ok := a.kept.GetIfPresent(*question)
	if ok {
		a.requests.WithLabelValues("stale").Inc()
		kept.fill(t)
	}
	return ok
}

func (k answered) fill(t *turn) {
	t.text, t.reply.Engine, t.feature = k.text, EngineCache, string(localengine.Knowledge)
	t.reply.Citations = append(t.reply.Citations, k.citations...)
}

// keep keeps the model's answer if it is nobody's own.
func (a *answers) keep(question *digest, passages []rag.Passage, out modelengine.Outcome) {
	if question == nil || len(out.Cited) == 0 || len(out.Runs) > 0 || out.Proposal != nil || out.Text == "" {
		return
	}
	kept := answered{text: out.Text, basis: basis(passages)}
	for _, p := range out.Cited {
		kept.citations = append(kept.citations, citation(p))
	}
	a.kept.Set(*question, kept)
}
