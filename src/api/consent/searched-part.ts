import { guessKind, readEntry } from '#domain/suppression.ts';

/** The search term for the list: a whole number in E.164 however it is written, else its digits, or part of an address. */
export function toSearchedPart(text: string, regions: readonly string[]): string {
  if (guessKind(text) === 'email' || /\p{L}{3}/u.test(text)) return text;
  const read = readEntry({ kind: 'phone', text, channels: null }, regions);
  const [key] = read.kind === 'keys' ? read.keys : [];
  return key?.value ?? text.replace(/\D/g, '');
}
