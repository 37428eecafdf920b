package main

import (
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
)

func TestTheBannerSaysWhoAnswers(t *testing.T) {
	t.Parallel()
	if got := engine(config.Config{TogetherModel: "big-model"}); !strings.HasPrefix(got, "local") {
		t.Errorf("without a key: %s", got)
	}
	if got := engine(config.Config{TogetherModel: "big-model", TogetherAPIKey: "k"}); !strings.Contains(got, "big-model") {
		t.Errorf("with a key: %s", got)
	}
}
