/** Filters of a page, as they stand in its address. */
export type Filters<Key extends string> = Partial<Record<Key, string>>;

/** Reads the named filters of an address, and drops everything else. */
export function filters<const Key extends string>(...keys: readonly Key[]): (search: Record<string, unknown>) => Filters<Key> {
  return (search) => {
    const found: Filters<Key> = {};
    for (const key of keys) {
      const value = search[key];
      if (typeof value === 'string' && value !== '') found[key] = value;
    }
    return found;
  };
}

/** Addresses stay readable: plain names and values, without JSON. */
export const plainSearch = {
  parseSearch: (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch(search: Record<string, unknown>): string {
    const given = Object.entries(search).flatMap(([key, value]) => (value ? [[key, String(value)]] : []));
    return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
  },
};

/** The filters that have a value, for a query of the API. */
export function given<Shape extends object>(values: Shape): Given<Shape> {
  // TypeScript does not follow the types through `fromEntries`.
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== '')) as Given<Shape>;
}

type Given<Shape> = { [Key in keyof Shape]?: Exclude<Shape[Key], undefined> };
