package rag

// CompareInMemory sets how many numbers of vectors are compared in memory where
// the database could do it.
func (s *Service) CompareInMemory(numbers int) { s.exactNumbers = numbers }

// LeaseTime is how long a dead replica's lease lasts.
const LeaseTime = leaseTime
