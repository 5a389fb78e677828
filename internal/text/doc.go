// Package text is the catalogue of every sentence that people read: pages, letters, e-mails, refusals.
//
// Texts lie beside the code that shows them, in files texts.de.yaml, texts.en.yaml, …; each package embeds its own, and Load
// puts them together. Nested keys are joined by dots:
//
//	order:
//	  title: "%s bestellen"
//	  left:
//	    one: Sie können heute noch einen Token bestellen.
//	    other: Sie können heute noch %d Token bestellen.
//
// are order.title and order.left. Arguments are written %s, %d or %[2]s; the three differ only for the reader, since each
// argument is written as people of that language write it: 1.200, 6. Dezember 2026, 15 Minuten. A mapping whose keys are
// plural forms (zero, one, two, few, many, other, or "=0" for an exact number) chooses by its first argument.
//
// A text is plain text, never HTML: templates escape it. The package leaves to others where a text is shown.
package text
