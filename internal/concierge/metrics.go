package concierge

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// activeWindow is how long after their last message a customer and a session
// count as active.
const activeWindow = 15 * time.Minute

type metrics struct {
	turns    *prometheus.CounterVec
	duration prometheus.Histogram
	tools    *prometheus.CounterVec
	features *prometheus.CounterVec
	handoffs *prometheus.CounterVec
	sessions *recent
	users    *recent
}

func newMetrics(reg prometheus.Registerer, now func() time.Time) *metrics {
	f := promauto.With(reg)
	m := &metrics{
		turns: f.NewCounterVec(prometheus.CounterOpts{
			Name: "chat_turns_total", Help: "Chat turns by engine and outcome (answered, blocked, passed_on, failed).",
		}, []string{"engine", "outcome"}),
		duration: f.NewHistogram(prometheus.HistogramOpts{
			Name: "chat_turn_duration_seconds", Help: "Duration of a whole chat turn.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 5, 10, 30},
		}),
		tools: f.NewCounterVec(prometheus.CounterOpts{
			Name: "tool_calls_total", Help: "Bank tools called in chat turns by tool and status (ok, refused, failed).",
		}, []string{"tool", "status"}),
		features: f.NewCounterVec(prometheus.CounterOpts{
			Name: "feature_usage_total", Help: "Answered turns by what was asked for.",
		}, []string{"feature"}),
		handoffs: f.NewCounterVec(prometheus.CounterOpts{
			Name: "handoffs_total", Help: "Conversations that were given to a person, by reason.",
		}, []string{"reason"}),
		sessions: newRecent(activeWindow, now),
		users:    newRecent(activeWindow, now),
	}
	f.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "active_sessions", Help: "Sessions with a message in the last 15 minutes on this replica.",
	}, m.sessions.count)
	f.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "active_users", Help: "Signed-in customers with a message in the last 15 minutes on this replica.",
	}, m.users.count)
	return m
}

func (m *metrics) seen(userID, sessionID string) {
	m.sessions.add(sessionID)
	if userID != "" {
		m.users.add(userID)
	}
}
