// Package app builds the portals that a configuration names and runs them. It is the only package that knows all parts, and
// stays a list: what a part does, the part itself decides.
package app
