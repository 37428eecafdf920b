// Package money represents amounts as integer minor units of an ISO 4217
// currency, and parses and prints them. It never uses floating point.
package money

// Amount is a number of minor units (cents for USD, yen for JPY).
type Amount struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}
