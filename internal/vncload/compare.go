package main

import (
	"fmt"
	"slices"
	"time"
)

// compare does the same work on both servers in turn and prints the ratio of their
// CPU times round by round. Machines are noisy: the ratio's median is what counts.
func compare(rounds, units int, unit string, ours, peer *server, work func(s *server) error) error {
	for _, s := range []*server{ours, peer} { // warm both up
		if err := work(s); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	var ratios []float64
	for round := range rounds {
		pair := []*server{ours, peer}
		if round%2 == 1 {
			slices.Reverse(pair)
		}
		cost := map[*server]time.Duration{}
		for _, s := range pair {
			d, err := s.cpuOf(func() error { return work(s) })
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			cost[s] = d / time.Duration(units)
		}
		ratio := float64(cost[ours]) / float64(cost[peer])
		ratios = append(ratios, ratio)
		fmt.Printf("round %d: %s %v, %s %v CPU per %s, ratio %.2f\n", round+1, ours.name, cost[ours], peer.name, cost[peer], unit, ratio)
	}
	slices.Sort(ratios)
	fmt.Printf("ratio %s/%s: median %.2f (%.2f to %.2f)\n", ours.name, peer.name, ratios[len(ratios)/2], ratios[0], ratios[len(ratios)-1])
	return nil
}
