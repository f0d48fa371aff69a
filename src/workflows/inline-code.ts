const maxCharacters = 500;

/**
 * Text that others wrote, as inline code for a table in the Markdown of the Web UI: nothing in it becomes a link, an image, HTML, a
 * cell or a line of its own. GitHub Flavored Markdown, sections 4.10 and 6.1: https://github.github.com/gfm/
 */
export function inlineCode(text: string, atMost = maxCharacters): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  const characters = [...line];
  const short = characters.length > atMost ? `${characters.slice(0, atMost).join('')}…` : line;
  if (short === '') return '–';
  const longestRun = Math.max(0, ...[...short.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longestRun + 1);
  const pad = longestRun > 0 ? ' ' : '';
  // A table splits its row before it looks for code.
  return `${fence}${pad}${short.replaceAll('|', '\\|')}${pad}${fence}`;
}

/**
 * `inlineCode` for a summary. Temporal refuses summaries above 400 bytes (`limit.userMetadataSummarySize`), and with it the command that has
 * one, again and again.
 */
export function briefInlineCode(text: string, maxBytes = 240): string {
  const encoder = new TextEncoder();
  for (let characters = maxBytes; ; characters -= 20) {
    const code = inlineCode(text, Math.max(0, characters));
    if (characters <= 0 || encoder.encode(JSON.stringify(code)).length <= maxBytes) return code;
  }
}
