/** A value of a field as people read it: the items of a list, the refused channels, or the text. */
export function toText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value))
    return value
      .map(toText)
      .filter((item) => item !== '')
      .join(', ');
  if (typeof value !== 'object') return String(value);
  const parts = Object.entries(value).filter(
    ([name, part]) => name !== 'label' && name !== 'by' && part !== null && part !== false,
  );
  const named = Object.fromEntries(parts);
  if ('address' in named) return String(named.address);
  if ('raw' in named) return String(named.e164 ?? named.raw);
  return parts.map(([name, part]) => (part === true ? `no ${name}` : toText(part))).join(', ');
}
