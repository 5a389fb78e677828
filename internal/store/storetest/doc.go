// Package storetest gives tests real databases: a SQLite file in a temporary folder, and a schema on a throwaway PostgreSQL
// server that lives as long as the test binary. What it opens is migrated and empty.
package storetest
