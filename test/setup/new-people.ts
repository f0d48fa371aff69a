let line = 999;

/** A new phone number for each person, so that no test finds another test's record. */
export function nextPhone(): string {
  line += 1;
  // Directory assistance: a number that identifies nobody.
  if (line === 1212) line += 1;
  return `+1512555${line}`;
}

let families = 0;
const onsets = [...'bdfgklmnprstvz'];
const vowels = [...'aeiou'];

/** A new family name, unlike every other one: `Bakobason`. Two people of one name may be taken for one. */
export function nextFamilyName(): string {
  families += 1;
  const syllable = (step: number) => `${onsets[(families * step) % 14]}${vowels[(families * (step + 1)) % 5]}`;
  const [first = '', ...rest] = `${syllable(1)}${syllable(3)}${syllable(5)}${onsets[Math.floor(families / 14) % 14]}ason`;
  return first.toUpperCase() + rest.join('');
}
