// This file lets argon2id.go declare a function whose body is elsewhere.
