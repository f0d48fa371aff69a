/** The name of `known` that `word` probably misspells; null when none is close. `maxSlips`: letters to add, drop or change. */
export function findNearest(
  word: string,
  known: readonly string[],
  maxSlips = Math.max(1, Math.floor(word.length / 3)),
): string | null {
  const measured = known.map((candidate) => ({ candidate, distance: editDistance(bare(word), bare(candidate)) }));
  const [nearest] = measured.sort((one, other) => one.distance - other.distance);
  if (nearest === undefined || nearest.distance > maxSlips) return null;
  return nearest.candidate;
}

/** `; did you mean pageSize?`, or an empty text when no known name is close. */
export function suggest(word: string, known: readonly string[]): string {
  const nearest = findNearest(word, known);
  return nearest === null ? '' : `; did you mean ${nearest}?`;
}

/** Ignores case and separators, the most common mistakes: `page_size` is `pageSize`. */
function bare(word: string): string {
  return word.toLowerCase().replace(/[\s_-]/g, '');
}

/** The number of letters to add, drop or change (Levenshtein), one row of the table at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
