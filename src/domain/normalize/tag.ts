import { caseFold, normalizeLine } from './text.ts';

/** A trimmed tag with single spaces, in its original spelling. Null when blank. */
export function normalizeTag(raw: string): string | null {
  return normalizeLine(raw.normalize('NFKC'));
}

/** Two tags with one key are the same tag: ` Cold  Lead ` and `cold lead`, but not `cold leads`. */
export function tagKey(tag: string): string {
  return caseFold(normalizeTag(tag) ?? '');
}

/** Each tag once, in its first spelling, without blank ones. */
export function uniqueTags(tags: readonly string[]): string[] {
  const byKey = new Map<string, string>();
  for (const raw of tags) {
    const tag = normalizeTag(raw);
    if (tag !== null && !byKey.has(tagKey(tag))) byKey.set(tagKey(tag), tag);
  }
  return [...byKey.values()];
}
