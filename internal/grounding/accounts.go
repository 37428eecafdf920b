package grounding

import (
	"maps"
	"slices"
	"strings"
)

// addAccounts notes which amounts belong to what people call an account: its name
// and its kind. A kind may be that of several.
func (f *Facts) addAccounts(list []any) {
	for _, entry := range list {
		fields, _ := entry.(map[string]any)
		own := map[string]bool{}
		for _, value := range fields {
			inner, _ := value.(map[string]any)
			if m, ok := amountOf(inner); ok {
				own[canonical(m.Abs().Decimal())] = true
			}
		}
		for _, key := range []string{"name", "kind"} {
			name, _ := fields[key].(string)
			if name = strings.TrimSpace(strings.ToLower(name)); name == "" {
				continue
			}
			if f.accounts == nil {
				f.accounts = map[string]map[string]bool{}
			}
			if f.accounts[name] == nil {
				f.accounts[name] = map[string]bool{}
			}
			maps.Copy(f.accounts[name], own)
		}
	}
}

// misplaced says whether an amount of one account stands beside the name of
// another: neither the account named last before it nor the one named first
// after it has that amount. An amount that no account has may stand anywhere.
func (f *Facts) misplaced(text string, q quantity) bool {
	owned := false
	for _, amounts := range f.accounts {
		owned = owned || amounts[q.value]
	}
	if !owned {
		return false
	}
	var before, after *mention
	for _, m := range f.mentions(text) {
		if m.at < q.at {
			before = &m
		} else if after == nil {
			after = &m
		}
	}
	if before == nil && after == nil {
		return false
	}
	return (before == nil || !f.accounts[before.name][q.value]) && (after == nil || !f.accounts[after.name][q.value])
}

// mention is where a text names an account.
type mention struct {
	at   int
	name string
}

// mentions returns where a text names accounts, in order. "Everyday Checking" is
// one, and no mention of checking.
func (f *Facts) mentions(text string) []mention {
	rest := strings.ToLower(text)
	if len(rest) != len(text) { // other positions in small letters
		return nil
	}
	var list []mention
	names := slices.SortedFunc(maps.Keys(f.accounts), func(a, b string) int { return len(b) - len(a) })
	for _, name := range names {
		for at := strings.Index(rest, name); at >= 0; at = strings.Index(rest, name) {
			list = append(list, mention{at, name})
			rest = rest[:at] + strings.Repeat(" ", len(name)) + rest[at+len(name):]
		}
	}
	slices.SortFunc(list, func(a, b mention) int { return a.at - b.at })
	return list
}
