interface Issue {
  path: string[];
  message: string;
}

/**
 * Finds text that PostgreSQL cannot store: a NUL character, or half of a surrogate pair. JSON can carry both, a query string can
 * carry NUL. Null when everything can be stored.
 */
export function findUnstorable(input: unknown): Issue | null {
  const left: { value: unknown; path: string[] }[] = [{ value: input, path: [] }];
  for (let next = left.pop(); next; next = left.pop()) {
    const { value, path } = next;
    if (typeof value === 'string' && !isStorable(value)) return { path, message: 'Contains a character that cannot be stored.' };
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, inner] of Object.entries(value)) {
      if (!isStorable(name)) return { path, message: 'Contains a name with a character that cannot be stored.' };
      left.push({ value: inner, path: [...path, name] });
    }
  }
  return null;
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** PostgreSQL has no year 0, and its text form of a time has four digits for a year. */
export function isStorableYear(time: Date): boolean {
  const year = time.getUTCFullYear();
  return year >= 1 && year <= 9999;
}
