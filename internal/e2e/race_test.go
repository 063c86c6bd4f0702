//go:build race

package e2e_test

// raceDetector tells whether the tests run with it, which makes them many times slower.
const raceDetector = true
