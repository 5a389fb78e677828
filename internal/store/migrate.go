package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date. Of several replicas that start at once, one does it and the others wait.
func (db *DB) migrate(ctx context.Context) error {
	provider, newest, err := db.provider()
	if err != nil {
		return err
	}
	if current, err := provider.GetDBVersion(ctx); err == nil && current > newest {
		return fmt.Errorf("the database was written by a newer Torhaus (schema %d, this program knows %d): install the newer program again", current, newest)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// provider knows how to bring the tables to a version; newest is the last one.
func (db *DB) provider() (provider *goose.Provider, newest int64, err error) {
	list, err := db.migrations()
	if err != nil {
		return nil, 0, err
	}
	options := []goose.ProviderOption{goose.WithGoMigrations(list...), goose.WithDisableGlobalRegistry(true)}
	dialect := goose.DialectSQLite3
	if db.engine.driver == "pgx" {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, 0, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	if provider, err = goose.NewProvider(dialect, db.write, nil, options...); err != nil {
		return nil, 0, fmt.Errorf("migrations: %w", err)
	}
	return provider, list[len(list)-1].Version, nil
}

// migrations reads the numbered SQL files for this engine.
func (db *DB) migrations() ([]*goose.Migration, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var list []*goose.Migration
	for _, name := range names {
		data, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		number, _, _ := strings.Cut(strings.TrimPrefix(name, "migrations/"), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s does not begin with a number", name)
		}
		statements := statementsOf(db.engine.types.Replace(string(data)), db.engine)
		list = append(list, goose.NewGoMigration(version, &goose.GoFunc{RunTx: runAll(statements)}, nil))
	}
	return list, nil
}

// statementsOf splits a file at the semicolons that end a line.
func statementsOf(text string, e engine) []string {
	zero := "x'" + strings.Repeat("00", 32) + "'"
	if e.driver == "pgx" {
		zero = `'\x` + strings.Repeat("00", 32) + `'`
	}
	var statements []string
	for s := range strings.SplitSeq(strings.ReplaceAll(text, "{zero-hash}", zero), ";\n") {
		if strings.TrimSpace(s) != "" {
			statements = append(statements, s)
		}
	}
	return statements
}

func runAll(statements []string) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		for _, s := range statements {
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return fmt.Errorf("%s: %w", strings.TrimSpace(s), err)
			}
		}
		return nil
	}
}
