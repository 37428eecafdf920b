package report

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

// queryTimeout bounds one query. A month of samples takes seconds.
const queryTimeout = 60 * time.Second

// metrics asks a Prometheus about one span of time.
type metrics struct {
	api   v1.API
	span  time.Duration
	until time.Time
}

var errNoPrometheus = errors.New("PROMETHEUS_URL is not set: it names the Prometheus that scrapes the services, such as http://localhost:9090")

func newMetrics(url string, since, until time.Time) (*metrics, error) {
	if url == "" {
		return nil, errNoPrometheus
	}
	client, err := api.NewClient(api.Config{Address: url, Client: &http.Client{Timeout: queryTimeout}})
	if err != nil {
		return nil, fmt.Errorf("PROMETHEUS_URL: %w", err)
	}
	return &metrics{api: v1.NewAPI(client), span: until.Sub(since), until: until}, nil
}

// series is one value with its labels.
type series struct {
	Labels map[string]string `json:"labels"`
	Value  float64           `json:"value"`
}

// noProbes leaves out what machines ask every few seconds.
const noProbes = `path!~"/health|/ready|/live|/metrics"`

// ask runs a query in which SPAN stands for the whole span of time.
func (m *metrics) ask(ctx context.Context, query string) ([]series, error) {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	query = strings.ReplaceAll(query, "SPAN", fmt.Sprintf("%ds", int(m.span.Seconds())))
	value, _, _, err := m.api.Query(ctx, query, m.until, v1.WithTimeout(queryTimeout))
	if err != nil {
		return nil, fmt.Errorf("ask Prometheus: %w", err)
	}
	vector, ok := value.(model.Vector)
	if !ok {
		return nil, fmt.Errorf("ask Prometheus: the answer is a %s", value.Type())
	}
	var list []series
	for _, sample := range vector {
		if math.IsNaN(float64(sample.Value)) {
			continue
		}
		labels := map[string]string{}
		for name, v := range sample.Metric {
			labels[string(name)] = string(v)
		}
		list = append(list, series{labels, float64(sample.Value)})
	}
	slices.SortStableFunc(list, func(a, b series) int {
		switch {
		case a.Value > b.Value:
			return -1
		case a.Value < b.Value:
			return 1
		}
		return 0
	})
	return list, nil
}

// one runs a query with a single value; known is false where there is no data.
func (m *metrics) one(ctx context.Context, query string) (value float64, known bool, err error) {
	list, err := m.ask(ctx, query)
	if err != nil || len(list) == 0 {
		return 0, false, err
	}
	return list[0].Value, true, nil
}
