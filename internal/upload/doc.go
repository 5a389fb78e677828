// Package upload keeps a file that one of staff handed in, until they have seen what it would do and said that it shall.
//
//	handed in → read for the report → read again when it is carried out → dropped
//
// The file lies in the database in parts, each sealed under the portal's keys: whichever replica is asked next finds it, and nothing of
// it stands in clear on any disk. Only whoever handed it in can open it, for one purpose and for an hour; a new one for the same
// purpose takes the place of the old one.
//
// What is in the file, and what it does, is decided by the subject it is for.
package upload
