package main

import (
	"os"
	"time"

	"golang.org/x/crypto/argon2"
)

// The costs of a password hash in the portal (package password): memory in KiB, passes, lanes, bytes.
const (
	hashMemory = 19 * 1024
	hashTime   = 2
	hashLanes  = 1
	hashBytes  = 32
)

// hashAlone gives the CPU time of one password hash with nothing around it, on a number of cores at once.
func hashAlone(cores int, lasting time.Duration) (time.Duration, error) {
	salt := make([]byte, 16)
	_, each, err := costOf(os.Getpid(), func() outcome {
		return closedLoop(cores, limit{time: lasting}, func(int) error {
			argon2.IDKey([]byte(sharedPassword.Reveal()), salt, hashTime, hashMemory, hashLanes, hashBytes)
			return nil
		})
	})
	return each, err
}
