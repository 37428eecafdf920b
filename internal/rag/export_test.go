package rag

import "time"

// CompareInMemory sets how many numbers of vectors are compared in memory where
// the database could do it.
func (s *Service) CompareInMemory(numbers int) { s.exactNumbers = numbers }

// LeaseTime is how long a dead replica's lease lasts.
const LeaseTime = leaseTime

// Wait makes searches wait so long for vectors. Tests wait longer than customers
// do: their machine may be busy.
func (s *Service) Wait(d time.Duration) { s.patience = d }
