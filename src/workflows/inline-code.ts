const maxLength = 500;

/**
 * Text that others wrote, as inline code for a table in the Markdown of the Web UI: nothing in it becomes a link, an image, HTML, a
 * cell or a line of its own. GitHub Flavored Markdown, sections 4.10 and 6.1: https://github.github.com/gfm/
 */
export function inlineCode(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  const characters = [...line];
  const short = characters.length > maxLength ? `${characters.slice(0, maxLength).join('')}…` : line;
  if (short === '') return '–';
  const longestRun = Math.max(0, ...[...short.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longestRun + 1);
  const pad = longestRun > 0 ? ' ' : '';
  // A table splits its row before it looks for code.
  return `${fence}${pad}${short.replaceAll('|', '\\|')}${pad}${fence}`;
}
