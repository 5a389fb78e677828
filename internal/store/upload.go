package store

import (
	"context"
	"fmt"

	"torhaus/internal/calendar"
	"torhaus/internal/fault"
	"torhaus/internal/secret"
	"torhaus/internal/upload"
)

// BeginUpload begins a file, and drops what the same account kept for the same purpose.
func (db *DB) BeginUpload(ctx context.Context, k upload.Kept) (err error) {
	defer fault.Wrap(&err, "store.BeginUpload")
	note, err := db.Keys.Seal(k.Note, "upload", "note", string(k.ID))
	if err != nil {
		return err
	}
	return db.tx(ctx, func(tx *tx) error {
		for _, query := range []string{
			`DELETE FROM upload_part WHERE upload_id IN (SELECT id FROM upload WHERE account_id = $1 AND purpose = $2)`,
			`DELETE FROM upload WHERE account_id = $1 AND purpose = $2`,
		} {
			if _, err := tx.exec(query, k.By, k.Purpose); err != nil {
				return err
			}
		}
		return tx.one(`INSERT INTO upload (id, account_id, purpose, name, note, created_at, size, sum) VALUES ($1, $2, $3, $4, $5, $6, 0, '')`,
			k.ID, k.By, k.Purpose, k.Name, note, micro(tx.now.Time))
	})
}

func partPlace(id upload.ID, part int) []string {
	return []string{"upload_part", "sealed", fmt.Sprintf("%s/%d", id, part)}
}

// AddPart adds the next part.
func (db *DB) AddPart(ctx context.Context, id upload.ID, part int, data secret.Bytes) (err error) {
	defer fault.Wrap(&err, "store.AddPart(%s, %d)", id, part)
	sealed, err := db.Keys.Seal(data, partPlace(id, part)...)
	if err != nil {
		return err
	}
	return db.tx(ctx, func(tx *tx) error {
		if err := tx.one(`UPDATE upload SET size = size WHERE id = $1 AND sum = ''`, id); err != nil {
			return err
		}
		return tx.one(`INSERT INTO upload_part (upload_id, part, sealed) VALUES ($1, $2, $3)`, id, part, sealed)
	})
}

// EndUpload notes size and sum.
func (db *DB) EndUpload(ctx context.Context, k upload.Kept) (err error) {
	defer fault.Wrap(&err, "store.EndUpload(%s)", k.ID)
	return db.tx(ctx, func(tx *tx) error {
		return tx.one(`UPDATE upload SET size = $2, sum = $3 WHERE id = $1 AND sum = ''`, k.ID, k.Size, k.Sum)
	})
}

// Upload finds a file that is complete, with the moment of asking.
func (db *DB) Upload(ctx context.Context, id upload.ID) (k upload.Kept, now calendar.Moment, found bool, err error) {
	defer fault.Wrap(&err, "store.Upload(%s)", id)
	var note []byte
	found, err = isFound(db.read.QueryRowContext(ctx, `SELECT id, account_id, purpose, name, note, created_at, size, sum
		FROM upload WHERE id = $1 AND sum <> ''`, id).Scan(&k.ID, &k.By, &k.Purpose, &k.Name, &note, at(&k.Created), &k.Size, &k.Sum))
	if err != nil || !found {
		return upload.Kept{}, now, false, err
	}
	if k.Note, err = db.Keys.Open(note, "upload", "note", string(k.ID)); err != nil {
		return upload.Kept{}, now, false, err
	}
	now, err = db.Now(ctx)
	return k, now, err == nil, err
}

// Part reads a part.
func (db *DB) Part(ctx context.Context, id upload.ID, part int) (data secret.Bytes, err error) {
	defer fault.Wrap(&err, "store.Part(%s, %d)", id, part)
	var sealed []byte
	if err := db.read.QueryRowContext(ctx, `SELECT sealed FROM upload_part WHERE upload_id = $1 AND part = $2`, id, part).Scan(&sealed); err != nil {
		return nil, err
	}
	return db.Keys.Open(sealed, partPlace(id, part)...)
}

// DropUpload deletes a file.
func (db *DB) DropUpload(ctx context.Context, id upload.ID) (err error) {
	defer fault.Wrap(&err, "store.DropUpload(%s)", id)
	return db.tx(ctx, func(tx *tx) error {
		for _, query := range []string{`DELETE FROM upload_part WHERE upload_id = $1`, `DELETE FROM upload WHERE id = $1`} {
			if _, err := tx.exec(query, id); err != nil {
				return err
			}
		}
		return nil
	})
}
