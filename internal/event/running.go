package event

import "slices"

// Running says, for each event of a list in the order of time, how many instances
// of its service ran after it, and -1 for events that are no start or stop. It
// counts from the list's beginning and knows nothing of what was killed.
func Running(list []Event) []int {
	instances := map[string]map[string]bool{}
	counts := make([]int, len(list))
	for i, e := range list {
		up := slices.Contains(Starts, e.Kind)
		if !up && e.Kind != Stop {
			counts[i] = -1
			continue
		}
		if instances[e.Service] == nil {
			instances[e.Service] = map[string]bool{}
		}
		if up {
			instances[e.Service][e.Instance] = true
		} else {
			delete(instances[e.Service], e.Instance)
		}
		counts[i] = len(instances[e.Service])
	}
	return counts
}
