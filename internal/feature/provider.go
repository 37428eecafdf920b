package feature

import (
	"context"

	"github.com/open-feature/go-sdk/openfeature"
)

// provider answers OpenFeature from a replica's memory. All flags are booleans.
type provider struct{ flags *Flags }

func (p provider) Metadata() openfeature.Metadata { return openfeature.Metadata{Name: "swipesavvy"} }

func (p provider) Hooks() []openfeature.Hook { return nil }

func (p provider) BooleanEvaluation(_ context.Context, flag string, fallback bool, _ openfeature.FlattenedContext) openfeature.BoolResolutionDetail {
	d, err := find(Name(flag))
	if err != nil {
		return openfeature.BoolResolutionDetail{Value: fallback, ProviderResolutionDetail: openfeature.ProviderResolutionDetail{
			ResolutionError: openfeature.NewFlagNotFoundResolutionError(flag), Reason: openfeature.ErrorReason,
		}}
	}
	return openfeature.BoolResolutionDetail{Value: p.flags.resolve(d), ProviderResolutionDetail: openfeature.ProviderResolutionDetail{Reason: openfeature.CachedReason}}
}

// mismatch is the answer to whoever takes a flag for something else.
func mismatch(flag string) openfeature.ProviderResolutionDetail {
	return openfeature.ProviderResolutionDetail{
		ResolutionError: openfeature.NewTypeMismatchResolutionError(flag + " is a boolean"), Reason: openfeature.ErrorReason,
	}
}

func (p provider) StringEvaluation(_ context.Context, flag, fallback string, _ openfeature.FlattenedContext) openfeature.StringResolutionDetail {
	return openfeature.StringResolutionDetail{Value: fallback, ProviderResolutionDetail: mismatch(flag)}
}

func (p provider) FloatEvaluation(_ context.Context, flag string, fallback float64, _ openfeature.FlattenedContext) openfeature.FloatResolutionDetail {
	return openfeature.FloatResolutionDetail{Value: fallback, ProviderResolutionDetail: mismatch(flag)}
}

func (p provider) IntEvaluation(_ context.Context, flag string, fallback int64, _ openfeature.FlattenedContext) openfeature.IntResolutionDetail {
	return openfeature.IntResolutionDetail{Value: fallback, ProviderResolutionDetail: mismatch(flag)}
}

func (p provider) ObjectEvaluation(_ context.Context, flag string, fallback any, _ openfeature.FlattenedContext) openfeature.InterfaceResolutionDetail {
	return openfeature.InterfaceResolutionDetail{Value: fallback, ProviderResolutionDetail: mismatch(flag)}
}
