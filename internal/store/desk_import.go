package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"torhaus/internal/desk"
	"torhaus/internal/fault"
	"torhaus/internal/job"
)

// AskImport writes an import of the register with the job that does it.
func (db *DB) AskImport(ctx context.Context, i desk.Import) (err error) {
	defer fault.Wrap(&err, "store.AskImport(%s)", i.ID)
	return db.tx(ctx, func(tx *tx) error {
		_, err := tx.exec(`INSERT INTO member_import (id, account_id, upload_id, file, apply, state, read_rows, asked_at)
			VALUES ($1, $2, $3, $4, $5, 'waiting', 0, $6)`, i.ID, i.By, i.Upload, i.File, flag(i.Apply), micro(tx.now.Time))
		if conflict(err) {
			return desk.ErrImporting
		}
		if err != nil {
			return err
		}
		work := desk.TakeIn{Import: i.ID}
		return tx.enqueue(job.Request{Work: work, Key: work.JobKind() + "/" + i.ID})
	})
}

// Import finds an import of the register.
func (db *DB) Import(ctx context.Context, id string) (i desk.Import, err error) {
	defer fault.Wrap(&err, "store.Import")
	var apply int
	var sealed []byte
	err = db.read.QueryRowContext(ctx, `SELECT id, account_id, upload_id, file, apply, state, read_rows, asked_at, ended_at, sealed
		FROM member_import WHERE id = $1`, id).
		Scan(&i.ID, &i.By, &i.Upload, &i.File, &apply, &i.State, &i.Rows, at(&i.Asked), at(&i.Ended), &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return desk.Import{}, desk.ErrNoImport
	}
	i.Apply = apply == 1
	if err != nil || sealed == nil {
		return i, err
	}
	plain, err := db.Keys.Open(sealed, "member_import", "sealed", id)
	if err != nil {
		return i, err
	}
	return i, json.Unmarshal(plain, &i.Result)
}

// ImportRead notes how many rows of an import were read.
func (db *DB) ImportRead(ctx context.Context, id string, rows int) (err error) {
	defer fault.Wrap(&err, "store.ImportRead(%s)", id)
	return db.tx(ctx, func(tx *tx) error {
		_, err := tx.exec(`UPDATE member_import SET read_rows = $2 WHERE id = $1 AND state = 'waiting'`, id, rows)
		return err
	})
}

// EndImportOf notes what came of an import.
func (db *DB) EndImportOf(ctx context.Context, i desk.Import) (err error) {
	defer fault.Wrap(&err, "store.EndImportOf(%s)", i.ID)
	plain, err := json.Marshal(i.Result)
	if err != nil {
		return err
	}
	sealed, err := db.Keys.Seal(plain, "member_import", "sealed", i.ID)
	if err != nil {
		return err
	}
	return db.tx(ctx, func(tx *tx) error {
		return tx.one(`UPDATE member_import SET state = $2, read_rows = $3, ended_at = $4, sealed = $5 WHERE id = $1 AND state = 'waiting'`,
			i.ID, i.State, i.Result.Summary.Rows, micro(tx.now.Time), sealed)
	})
}
