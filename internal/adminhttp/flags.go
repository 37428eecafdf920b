// Package adminhttp is the operators' API on HTTP: flags, and conversations that
// wait for a person. Everything in it wants the operators' token. It translates
// between the contract and the cores and decides nothing else.
package adminhttp

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/feature"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver"
)

const flagsPath = "/api/v1/admin/flags"

// Flags is what the operations on flags need.
type Flags interface {
	List(ctx context.Context) ([]feature.Setting, error)
	Flag(ctx context.Context, name feature.Name) (feature.Setting, []feature.Change, error)
	Set(ctx context.Context, name feature.Name, on bool, operator, reason string) (feature.Setting, error)
}

// Flag is a flag on the wire. Times are Unix seconds.
type Flag struct {
	Name     string       `json:"name"`
	On       bool         `json:"on"`
	Default  bool         `json:"default" doc:"Its value until somebody changes it"`
	Meaning  string       `json:"meaning"`
	Last     *FlagChange  `json:"last" doc:"The change that made it so; null while nobody has"`
	Previous []FlagChange `json:"changes,omitempty" doc:"Its newest changes, only where one flag is asked for"`
}

// FlagChange is one change of a flag.
type FlagChange struct {
	ID       string  `json:"id" doc:"The subject of its record in the audit log"`
	On       bool    `json:"on"`
	Reason   string  `json:"reason"`
	Operator string  `json:"operator"`
	At       float64 `json:"at"`
}

func flagBody(s feature.Setting, changes []feature.Change) Flag {
	b := Flag{Name: string(s.Name), On: s.On, Default: s.Default, Meaning: s.Meaning}
	if s.Last != nil {
		last := changeBody(*s.Last)
		b.Last = &last
	}
	for _, c := range changes {
		b.Previous = append(b.Previous, changeBody(c))
	}
	return b
}

// FlagList puts flags on the wire.
func FlagList(settings []feature.Setting) []Flag {
	list := make([]Flag, 0, len(settings))
	for _, s := range settings {
		list = append(list, flagBody(s, nil))
	}
	return list
}

func changeBody(c feature.Change) FlagChange {
	return FlagChange{ID: c.ID, On: c.On, Reason: c.Reason, Operator: c.Operator, At: seconds(c.At)}
}

// seconds is the contract's form of a time.
func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

type flagList struct {
	Flags []Flag `json:"flags"`
	Count int    `json:"count"`
}

type flagsOutput struct{ Body flagList }

type flagInput struct {
	Name string `path:"name" maxLength:"64"`
}

type flagOutput struct{ Body Flag }

type setFlagBody struct {
	_        struct{} `additionalProperties:"true"`
	On       bool     `json:"on"`
	Reason   string   `json:"reason" minLength:"1" maxLength:"500" doc:"Why, in one line; kept with the change"`
	Operator string   `json:"operator,omitempty" maxLength:"80" pattern:"^[A-Za-z0-9._@-]*$" doc:"Who; default operator"`
}

type setFlagInput struct {
	Name string `path:"name" maxLength:"64"`
	Body setFlagBody
}

// operatorName is how an operator is called in records: the token tells that it is
// one, the name is their own word.
func operatorName(name string) string {
	if name == "" {
		return "operator"
	}
	return "operator:" + name
}

func operation(method, path, id, summary, tag string) huma.Operation {
	return huma.Operation{Method: method, Path: path, OperationID: id, Summary: summary, Tags: []string{tag}, Security: httpserver.OperatorAuth}
}

// RegisterFlags adds the operations on flags to an API.
func RegisterFlags(api huma.API, f Flags) {
	huma.Register(api, operation(http.MethodGet, flagsPath, "list-flags", "All flags", "Flags"),
		func(ctx context.Context, _ *struct{}) (*flagsOutput, error) {
			list, err := f.List(ctx)
			if err != nil {
				return nil, err
			}
			return &flagsOutput{Body: flagList{Flags: FlagList(list), Count: len(list)}}, nil
		})
	huma.Register(api, operation(http.MethodGet, flagsPath+"/{name}", "get-flag", "One flag and its changes", "Flags"),
		func(ctx context.Context, in *flagInput) (*flagOutput, error) {
			s, changes, err := f.Flag(ctx, feature.Name(in.Name))
			if err != nil {
				return nil, err
			}
			return &flagOutput{flagBody(s, changes)}, nil
		})
	set := operation(http.MethodPut, flagsPath+"/{name}", "set-flag", "Switch a flag", "Flags")
	set.Description = "The answer means that the change is stored and audited. For money, and for lockdown as far as money goes, it holds on " +
		"every replica from then on; for everything else on this replica, and on others within two seconds."
	huma.Register(api, set, func(ctx context.Context, in *setFlagInput) (*flagOutput, error) {
		s, err := f.Set(ctx, feature.Name(in.Name), in.Body.On, operatorName(in.Body.Operator), in.Body.Reason)
		if err != nil {
			return nil, err
		}
		return &flagOutput{flagBody(s, nil)}, nil
	})
}
