import anyAscii from 'any-ascii';

/**
 * The letters of a word as they compare: in ASCII, small, and without the letters that some people write for an accent, so that
 * Müller equals Mueller, Łukasz Lukasz and Đorđe Djordje. For comparison, never for display.
 */
export function toSpelling(text: string): string {
  const ascii = /^[\u0020-\u007e]*$/.test(text) ? text : anyAscii(text.normalize('NFKC'));
  return ascii
    .toLowerCase()
    .replace(/[^a-z\d]/g, '')
    .replace(/([aou])e(?=.)/g, '$1')
    .replace(/aa/g, 'a')
    .replace(/dj/g, 'd');
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other; at most `max + 1`. */
export function editDistance(a: string, b: string, max = 3): number {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > max) return max + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, place) => place);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(replaced, at(last, j) + 1, at(row, j - 1) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, at(beforeLast, j - 2) + 1);
      row.push(best);
    }
    [beforeLast, last] = [last, row];
  }
  return Math.min(at(last, b.length), max + 1);
}

const at = (row: readonly number[], place: number): number => row[place] ?? 0;

/** Whether one is the other with a slip of the finger: one change, or two in a long word. */
export function differByTypo(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  const distance = editDistance(a, b, 2);
  return distance === 1 ? shorter >= 4 : distance === 2 && shorter >= 7;
}

/** How a name sounds, roughly, in European languages: equal for Stephen and Steven, Katherine and Catharine. */
export function toSound(spelling: string): string {
  const [first = '', ...rest] = consonants.reduce((text, [from, to]) => text.replace(from, to), spelling);
  return (first + rest.filter((letter) => !'aeiouyhw'.includes(letter)).join('')).replace(/(.)\1+/g, '$1').slice(0, 6);
}

const consonants: readonly (readonly [RegExp, string])[] = [
  [/^(?:kn|gn|pn)/, 'n'],
  [/^wr/, 'r'],
  [/^ps/, 's'],
  [/^[aeiouy]+h?/, 'a'],
  [/ph|v|w(?=[aeiou])/g, 'f'],
  [/tsch|tch|sch|ch|sh|cz|sz/g, 'x'],
  [/ck|qu|[cq]/g, 'k'],
  [/th|dt/g, 't'],
  [/gh/g, ''],
  [/z/g, 's'],
  [/j/g, 'y'],
  [/^y/, 'j'],
  [/d(?=$)/, 't'],
  [/b(?=$)/, 'p'],
];

/** One name in two spellings: Kathrine and Katherine, Erik and Eric, Sara and Sarah. Not Jean and Jeanne. */
export function toPlainLetters(spelling: string): string {
  return spelling
    .replace(/ph/g, 'f')
    .replace(/v/g, 'f')
    .replace(/th/g, 't')
    .replace(/ck|[cq]/g, 'k')
    .replace(/z/g, 's')
    .replace(/[jy]/g, 'i')
    .replace(/(?<=[aeiou])h(?![aeiou])/g, '')
    .replace(/te(?=r[aeiou])/g, 't')
    .replace(/(.)\1+/g, '$1');
}
