// Package textfile reads files of text that somebody exported from another program: how they are encoded, and CSV row by row.
//
// UTF-8 with and without a byte order mark and Windows-1252 are recognised and named. What cannot be read is a Problem with its line;
// an error is the disk's. No row takes more memory than MaxRow, however long the file is.
//
// What the columns mean is decided by the subject that the file is for.
package textfile
