// Package pskc reads the secrets of hardware tokens as their makers deliver them: Portable Symmetric Key Containers (RFC 6030).
//
// It reads keys of HOTP and TOTP, one after the other, however long the file is: in clear, encrypted with a key agreed upon
// (figure 6), or with a password (figure 7). What is encrypted without a check of its own must come with a MAC (section 6.1.1), which
// is verified before anything is decrypted. A file that is expected to be encrypted and is not is refused: somebody else may
// have written it.
//
// The XML is read strictly: no document type, no entities, no processing instructions, UTF-8 only; nothing is ever loaded from
// elsewhere. Every element that decides something may stand there once.
//
// The package knows nothing of devices in stock; whether a key is welcome there is decided by package token. Signatures of files
// (section 7) are not verified.
package pskc
