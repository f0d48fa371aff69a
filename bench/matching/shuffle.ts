/** The items in an order that depends on the seed only. */
export function shuffle<Item>(items: readonly Item[], seed: number): Item[] {
  const random = toRandom(seed);
  return items
    .map((item) => ({ item, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** A linear congruential generator with the constants of Numerical Recipes. */
export function toRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** All orders of the items. */
export function permute<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((first, at) => permute(items.filter((_, place) => place !== at)).map((rest) => [first, ...rest]));
}
