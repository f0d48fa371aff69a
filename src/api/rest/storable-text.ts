interface Issue {
  path: string[];
  message: string;
}

/**
 * Where in what was sent a text holds what PostgreSQL cannot keep: a zero character, or half of a character that takes two UTF-16
 * units. JSON can write both, and a query string the first. Null where there is none.
 */
export function findUnstorable(sent: unknown): Issue | null {
  const left: { value: unknown; path: string[] }[] = [{ value: sent, path: [] }];
  for (let next = left.pop(); next; next = left.pop()) {
    const { value, path } = next;
    if (typeof value === 'string' && !isStorable(value)) return { path, message: 'This holds a character that cannot be kept.' };
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, inner] of Object.entries(value)) {
      if (!isStorable(name)) return { path, message: 'A name in this holds a character that cannot be kept.' };
      left.push({ value: inner, path: [...path, name] });
    }
  }
  return null;
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
