import { caseFold, normalizeLine } from './text.ts';

/** A tag as the person who tagged wrote it, trimmed, with single spaces. Blank is null. */
export function normalizeTag(raw: string): string | null {
  return normalizeLine(raw.normalize('NFKC'));
}

/** Two tags with one key are one tag: ` Cold  Lead ` and `cold lead`, but not `cold leads`. */
export function tagKey(tag: string): string {
  return caseFold(normalizeTag(tag) ?? '');
}

/** Each tag once, in the spelling that came first; blanks dropped. */
export function uniqueTags(tags: readonly string[]): string[] {
  const byKey = new Map<string, string>();
  for (const raw of tags) {
    const tag = normalizeTag(raw);
    if (tag !== null && !byKey.has(tagKey(tag))) byKey.set(tagKey(tag), tag);
  }
  return [...byKey.values()];
}
