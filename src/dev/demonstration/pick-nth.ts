/** The item at position `nth`, counted from 0; starts over after the last item. Throws when the list is empty. */
export function pickNth<T>(list: readonly T[], nth: number): T {
  const picked = list[nth % list.length];
  if (picked === undefined) throw new Error('The list is empty.');
  return picked;
}
