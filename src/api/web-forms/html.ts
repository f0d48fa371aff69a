/** Markup whose every value was escaped. Only `html` makes it. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | null | false | undefined | readonly Part[];

/** Markup with values in it. All but markup itself is escaped, for text and for quoted attributes; null, false and undefined are nothing. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return { markup: strings.reduce((whole, text, at) => whole + toMarkup(parts[at - 1]) + text) };
}

function toMarkup(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (isList(part)) return part.map(toMarkup).join('');
  return typeof part === 'object' ? part.markup : escapeHtml(String(part));
}

function isList(part: Part): part is readonly Part[] {
  return Array.isArray(part);
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}
