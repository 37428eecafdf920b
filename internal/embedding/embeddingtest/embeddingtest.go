// Package embeddingtest is an embeddings endpoint for tests. It keeps the rules
// of the real ones (a key, a bound on texts and on their length, errors in their
// format), embeds words by hashing them, and fails in the ways that tests ask for.
package embeddingtest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// Key is the key that the endpoint accepts.
const Key = "test-key"

// Server is the endpoint, a handler of POST /v1/embeddings. Set the fields before
// its first use; change them later with Set.
type Server struct {
	// Dimensions of the models that it knows, by name.
	Dimensions map[string]int
	// MaxTexts bounds the texts of a call, MaxBytes the length of one text.
	MaxTexts, MaxBytes int
	// Fail, when it isn't nil, answers in the place of the endpoint where it
	// returns true. n counts the calls from 1.
	Fail func(w http.ResponseWriter, r *http.Request, n int) bool

	mu       sync.Mutex
	calls    int
	texts    map[string]int
	synonyms map[string]string
	words    map[string][]float64
}

// New returns an endpoint that knows one model.
func New(model string, dimension int) *Server {
	return &Server{Dimensions: map[string]int{model: dimension}, MaxTexts: 128, MaxBytes: 8000, texts: map[string]int{}, synonyms: map[string]string{}, words: map[string][]float64{}}
}

// Set changes the endpoint while it serves.
func (s *Server) Set(change func(*Server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// Synonyms makes words mean the same, which words alone don't tell.
func (s *Server) Synonyms(words ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range words {
		s.synonyms[w] = words[0]
	}
}

// Calls returns how many calls have come.
func (s *Server) Calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// Embedded returns how often each text was embedded, by "model: text".
func (s *Server) Embedded() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	copied := map[string]int{}
	for k, v := range s.texts {
		copied[k] = v
	}
	return copied
}

// RoundTrip calls the endpoint without a network.
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) {
	type result struct{ *httptest.ResponseRecorder }
	done := make(chan result, 1)
	go func() {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		done <- result{w}
	}()
	select {
	case w := <-done:
		return w.Result(), nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// ServeHTTP answers one call.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.calls++
	n, fail := s.calls, s.Fail
	s.mu.Unlock()
	if fail != nil && fail(w, r, n) {
		return
	}
	if r.Method != http.MethodPost || r.URL.Path != "/v1/embeddings" {
		Refuse(w, http.StatusNotFound, "no such path")
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+Key {
		Refuse(w, http.StatusUnauthorized, "invalid api key")
		return
	}
	var in struct {
		Model string   `json:"model"`
		Input []string `json:"input"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		Refuse(w, http.StatusBadRequest, "not JSON")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	dimension, ok := s.Dimensions[in.Model]
	switch {
	case !ok:
		Refuse(w, http.StatusNotFound, "no such model")
		return
	case len(in.Input) == 0 || len(in.Input) > s.MaxTexts:
		Refuse(w, http.StatusBadRequest, "too many inputs")
		return
	case slices.ContainsFunc(in.Input, func(t string) bool { return t == "" || len(t) > s.MaxBytes }):
		Refuse(w, http.StatusBadRequest, "an input is empty or too long: "+in.Input[0])
		return
	}
	type item struct {
		Object    string    `json:"object"`
		Index     int       `json:"index"`
		Embedding []float64 `json:"embedding"`
	}
	data := []item{}
	for i, t := range in.Input {
		s.texts[in.Model+": "+t]++
		data = append(data, item{"embedding", i, s.embed(in.Model, t, dimension)})
	}
	slices.Reverse(data) // the order is nothing that the format promises
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"object": "list", "model": in.Model, "data": data, "usage": map[string]int{"prompt_tokens": 1, "total_tokens": 1}})
}

// Refuse answers with an error in the API's format.
func Refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"message": message, "type": "invalid_request_error", "code": fmt.Sprint(status)}})
}

// embed is the sum of a random vector for each word that isn't short: texts with
// common words, or words with one meaning, are near each other.
func (s *Server) embed(model, text string, dimension int) []float64 {
	v := make([]float64, dimension)
	v[0] = 1e-3 // a text without words has a direction, too
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(word) < 4 {
			continue
		}
		if same, ok := s.synonyms[word]; ok {
			word = same
		}
		for i, f := range s.word(model+word, dimension) {
			v[i] += f
		}
	}
	return v
}

// word is a random vector that is always the same for a word.
func (s *Server) word(word string, dimension int) []float64 {
	if v, ok := s.words[word]; ok && len(v) == dimension {
		return v
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(word))
	random := rand.New(rand.NewPCG(h.Sum64(), 1))
	v := make([]float64, dimension)
	for i := range v {
		v[i] = random.NormFloat64() / math.Sqrt(float64(dimension))
	}
	s.words[word] = v
	return v
}
