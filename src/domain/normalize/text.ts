/** One trimmed line of text without invisible characters, with single spaces. Null when blank. */
export function normalizeLine(raw: string | null | undefined): string | null {
  const line = (raw ?? '').normalize('NFC').replace(invisible, '').replace(whiteSpace, ' ').trim();
  return line === '' ? null : line;
}

/** For comparison, never for storage: ignores case, so that `ß` equals `SS`. */
export function caseFold(text: string): string {
  return text.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
}

/** Like `caseFold`, and ignores accents: `José` equals `JOSE`. */
export function foldText(text: string): string {
  return caseFold(text).normalize('NFKD').replace(marks, '');
}

/** Zero-width characters, direction marks and byte-order marks, which copy and paste carries along. */
const invisible = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]/g;
/** Control characters separate words as white space does: a name pasted from a spreadsheet contains tabs and line feeds. */
const whiteSpace = /[\s\p{Cc}]+/gu;
const marks = /\p{M}/gu;
