package main

import (
	"fmt"
	"math"
)

// wanted is the number of quiet rounds that make a step. A round is short, so that the machine hardly changes within one, and
// the calibration before and after it tells; a single one is still off by a tenth now and then, the middle one of seven is not.
const wanted = 7

// The border between quiet and noisy.
const (
	mostForeign = 0.15 // cores
	mostDrift   = 0.15 // of the calibration
)

// noise is what disturbed a round.
type noise struct {
	Foreign float64 `json:"foreign_cores"` // cores that other programs used
	Drift   float64 `json:"drift"`         // how much the calibration changed from before to after, as a share of it
}

func (n noise) disturbance() noise { return n }

func (n noise) quiet() bool { return n.Foreign <= mostForeign && n.Drift <= mostDrift }

func (n noise) String() string {
	return fmt.Sprintf("%.2f cores foreign, calibration moved by %.0f %%", n.Foreign, n.Drift*100)
}

// drift gives how far a value has moved, as a share of it.
func drift(before, after float64) float64 { return math.Abs(after-before) / ((after + before) / 2) }

// round is one measurement of a step.
type round interface{ disturbance() noise }

// step is what all rounds of a step showed.
type step[R round] struct {
	Name   string `json:"name"`
	Quiet  bool   `json:"quiet"` // whether as many rounds were quiet as are wanted
	Rounds []R    `json:"rounds"`
}

// takeStep measures until enough rounds were quiet, or as often as the options allow.
func takeStep[R round](b *bench, name string, measure func() (R, error)) (s step[R], err error) {
	s.Name = name
	for range wanted * b.tries {
		r, err := measure()
		if err != nil {
			return s, fmt.Errorf("%s: %w", name, err)
		}
		s.Rounds = append(s.Rounds, r)
		if s.Quiet = s.quietRounds() >= wanted; s.Quiet {
			break
		}
	}
	b.say("%s: %d rounds, %d of them quiet", name, len(s.Rounds), s.quietRounds())
	return s, nil
}

func (s step[R]) quietRounds() (n int) {
	for _, r := range s.Rounds {
		if r.disturbance().quiet() {
			n++
		}
	}
	return n
}

// good gives the rounds to judge by: the quiet ones, or all where none was.
func (s step[R]) good() []R {
	var quiet []R
	for _, r := range s.Rounds {
		if r.disturbance().quiet() {
			quiet = append(quiet, r)
		}
	}
	if quiet == nil {
		return s.Rounds
	}
	return quiet
}

// middle gives the median of a value over the rounds to judge by.
func (s step[R]) middle(value func(R) float64) float64 {
	var values []float64
	for _, r := range s.good() {
		values = append(values, value(r))
	}
	return median(values...)
}

// total joins the outcomes of some rounds.
func total[R round](rounds []R, of func(R) outcome) (all outcome) {
	for _, r := range rounds {
		o := of(r)
		all.Clients = o.Clients
		all.add(o)
	}
	all.rank()
	return all
}

// roundsOf says how the rounds went.
func (s step[R]) roundsOf() string {
	return fmt.Sprintf("%d of %d rounds quiet", s.quietRounds(), len(s.Rounds))
}
