// Package demo shows the portals to visitors: the real program with demo people, a post room that shows what a letter box and
// a mailbox would, and a clock that can be moved, so that a visitor lives through the whole procedure in five minutes.
//
// The portals run as they run in earnest. The post room receives e-mails by a real SMTP server and opens letters from
// the spool folder as the print centre would that they are sealed to. Only here does the portal's clock move; the time steps of one-time codes stay with
// the real time, which the visitor's authenticator app shows.
//
// The demo listens on loopback only and keeps nothing: its data live in a temporary folder.
package demo
