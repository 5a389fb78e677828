// Package page is the kit of all doors: the frame around every page, forms, cookies, refusals, and the files that browsers
// load.
//
// A door hands it routes; each route says which right it asks for, and the kit lets nobody pass who does not have it. So no
// page can forget to ask. A handler gets a Request, with the visit already looked up and the form already checked for shape
// and origin; it shows a View with its typed page, or gives back an error, which one function turns into a page.
//
// The kit decides nothing about members, tokens or logins. It leaves words to the catalogue, rights to package login, and
// what stands on a page to the doors.
package page
