/** Splits a message of the form `problem: remedy.` into its two parts. The remedy is null where the sentence has none. */
export function splitRemedy(sentence: string): { says: string; fix: string | null } {
  const colon = sentence.indexOf(': ');
  if (colon < 0) return { says: sentence, fix: null };
  const remedy = sentence.slice(colon + 2);
  return { says: `${sentence.slice(0, colon)}.`, fix: remedy.charAt(0).toUpperCase() + remedy.slice(1) };
}
