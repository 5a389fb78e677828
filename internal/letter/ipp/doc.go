// Package ipp is a client of the Internet Printing Protocol (RFC 8010, RFC 8011), as far as handing letters over needs it: ask a
// printer how it stands, send it a PDF, ask what became of a job, find a job by its name, take one back.
//
// It knows nothing of letters. Numbers in brackets are sections of RFC 8011, unless another one is named.
package ipp
