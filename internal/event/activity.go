package event

import (
	"context"
	"encoding/json"
	"time"
)

// Activity is what the database knows of a span of time.
type Activity struct {
	Turns         int64            `json:"turns"` // answers
	Conversations int64            `json:"conversations"`
	Orders        map[string]int64 `json:"orders"` // carried out, by kind
	Refusals      int64            `json:"refusals"`
	Executing     int64            `json:"executing"` // actions whose outcome isn't known now
	// Handoffs are conversations given to a person; nil where this schema keeps none.
	Handoffs *int64 `json:"handoffs"`
	Unsealed int64  `json:"unsealed"` // audit records not yet in the chain, now
}

// Optional names a table that not every schema has.
type Optional string

// The optional tables whose rows belong to evidence.
const (
	Flags       Optional = "flags"
	FlagChanges Optional = "flag_changes"
)

// Activities is the part of a store that reports and evidence read.
type Activities interface {
	// Activity counts what happened from since on and before until.
	Activity(ctx context.Context, since, until time.Time) (Activity, error)
	// Rows calls fn with every row of a table, as a JSON object; known is false
	// where the schema has no such table.
	Rows(ctx context.Context, table Optional, fn func(row json.RawMessage) error) (known bool, err error)
}
