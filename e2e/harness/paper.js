// Letters, read as a person reads them: from the PDF, with poppler.
import { run } from './run.js';

/** The text of a PDF, laid out as on paper. */
export function textOf(pdf) {
  return run('pdftotext', ['-layout', '-', '-'], pdf);
}

/** The activation code in a letter's text: the one pair of groups of four digits. */
export function codeIn(text) {
  const codes = new Set(Array.from(text.matchAll(/(?<!\d)(?<!\d )(\d{4})[ \u00a0\u202f](\d{4})(?!\d)/g), ([, first, second]) => `${first} ${second}`));
  if (codes.size !== 1) throw new Error(`${codes.size} codes in the letter:\n${text}`);
  return [...codes][0];
}

/** The one-time password in the text of a letter or an e-mail: the one row of three groups of five signs. */
export function oneTimePasswordIn(text) {
  const found = new Set(Array.from(text.matchAll(/\b([C-Y3479]{5})[ \u00a0]([C-Y3479]{5})[ \u00a0]([C-Y3479]{5})\b/g), ([whole]) => whole));
  if (found.size !== 1) throw new Error(`${found.size} one-time passwords in the text:\n${text}`);
  return [...found][0];
}
