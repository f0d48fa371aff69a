/** One line of text: invisible characters gone, white space collapsed, trimmed. Blank is null. */
export function normalizeLine(raw: string | null | undefined): string | null {
  const line = (raw ?? '').normalize('NFC').replace(invisible, '').replace(whiteSpace, ' ').trim();
  return line === '' ? null : line;
}

/** For comparing, never for storing: upper and lower case are one, and so are `ß` and `SS`. */
export function caseFold(text: string): string {
  return text.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
}

/** The same without accents, so that `José` is `JOSE`. */
export function foldText(text: string): string {
  return caseFold(text).normalize('NFKD').replace(marks, '');
}

/** Zero-width characters, direction marks and byte-order marks, which copy and paste brings along. */
const invisible = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]/g;
/** Control characters separate words as white space does: a name pasted from a sheet carries tabs and line feeds. */
const whiteSpace = /[\s\p{Cc}]+/gu;
const marks = /\p{M}/gu;
