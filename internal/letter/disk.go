package letter

import (
	"errors"
	"io/fs"
	"os"
)

// files is what the spool needs of a file system, so that tests can let each step fail.
type files interface {
	mkdir(path string) error              // no error if it is there
	write(path string, data []byte) error // replaces; on stable storage when it returns
	rename(from, to string) error         // atomic, replaces
	remove(path string) error             // fs.ErrNotExist if it is not there
	exists(path string) (bool, error)     // false if it is not there
	sync(dir string) error                // names on stable storage
}

// fileMode lets nobody read letters but the user that the portal runs as.
const fileMode = 0o600

// disk is the real file system.
type disk struct{}

func (disk) mkdir(path string) error {
	err := os.Mkdir(path, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

func (disk) write(path string, data []byte) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Sync()
}

func (disk) rename(from, to string) error { return os.Rename(from, to) }

func (disk) remove(path string) error { return os.Remove(path) }

func (disk) exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (disk) sync(dir string) (err error) {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return d.Sync()
}
