// Package archtest holds the house's floor plan as rules and checks the code against it: which package may import which,
// and that each says what it is for. A package that no rule places fails the test, so a new room is drawn before it is
// furnished. The plan is explained in docs/design.md.
package archtest
