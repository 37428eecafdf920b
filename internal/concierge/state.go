package concierge

import (
	"encoding/json"
	"fmt"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/modelengine"
)

// state is what one turn hands to the next one of its conversation.
type state struct {
	// Vault holds the personal data behind the placeholders of this session.
	Vault guardrails.Vault `json:"vault"`
	// Memory is the local engine's own: what was talked about last.
	Memory localengine.Memory `json:"memory"`
	// Talk is the conversation as a model may see it.
	Talk modelengine.Transcript `json:"talk,omitzero"`
	// Asked are the masked questions that articles were searched for last, oldest
	// first: "and abroad?" is searched with them.
	Asked []string `json:"asked,omitempty"`
	// Shown is the action whose summary the last answer showed: the only one that
	// a plain yes or no can be about.
	Shown string `json:"shown,omitempty"`
	// Failures counts the turns in a row that had no answer.
	Failures int `json:"failures,omitempty"`
}

func (s *state) load(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	if err := json.Unmarshal(data, s); err != nil {
		return fmt.Errorf("decode conversation state: %w", err)
	}
	return nil
}

func (s *state) save() ([]byte, error) {
	data, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode conversation state: %w", err)
	}
	return data, nil
}
