//go:build !race

package hooksig_test

const raceEnabled = false
