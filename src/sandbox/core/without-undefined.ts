// biome-ignore lint/complexity/noBannedTypes: TypeScript narrows a generic value that is not undefined to this type.
type Defined<T> = { [K in keyof T]?: T[K] & ({} | null) };

/** The object without the keys whose value is undefined. */
export function withoutUndefined<T extends object>(object: T): Defined<T> {
  const defined: Defined<T> = {};
  for (const key in object) {
    const value = object[key];
    if (value !== undefined) defined[key] = value;
  }
  return defined;
}
