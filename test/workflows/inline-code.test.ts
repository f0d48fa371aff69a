import { expect, it } from '@jest/globals';
import { parse } from 'marked';
import { briefInlineCode, inlineCode } from '#workflows/inline-code.ts';

/** The cells of a table row that holds the text, as HTML. */
function render(text: string): string[] {
  const html = parse(['| error | since |', '|---|---|', `| ${inlineCode(text)} | today |`].join('\n'), {
    async: false,
    gfm: true,
  });
  const [body = ''] = /<tbody>.*<\/tbody>/s.exec(html) ?? [];
  return [...body.matchAll(/<td>(.*?)<\/td>/gs)].map(([, cell = '']) => cell);
}

it.each([
  ['a link', 'go to [your bill](https://thief.example) now', 'go to [your bill](https://thief.example) now'],
  ['a bare address', 'moved to https://thief.example/login', 'moved to https://thief.example/login'],
  ['an image', '![x](https://thief.example/x.png)', '![x](https://thief.example/x.png)'],
  ['HTML', '<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
  ['a cell', 'a | b || c', 'a | b || c'],
  ['rows and headings', 'a\n| x | y |\n# Heading\r\n\u2028b', 'a | x | y | # Heading b'],
  ['backticks', 'a ` b `` c', 'a ` b `` c'],
  ['a closing backtick and a link', '` [x](https://thief.example) `', '` [x](https://thief.example) `'],
  ['nothing but backticks', '```', '```'],
  ['emphasis and escapes', '**bold** \\*not\\* _under_', '**bold** \\*not\\* _under_'],
])('shows %s as text in one cell', (_, text, shown) => {
  expect(render(text)).toEqual([`<code>${shown}</code>`, 'today']);
});

it('shows a dash for no text, and the beginning of a long one', () => {
  expect(inlineCode(' \n ')).toBe('–');
  expect(inlineCode('🌸'.repeat(600))).toBe(`\`${'🌸'.repeat(500)}…\``);
});

it.each([
  ['flowers', '🌸'],
  ['backticks', '`'],
  ['cells and escapes', '|\\'],
  ['lone surrogates', '\ud800'],
  ['quotes', '"'],
])('fits %s into a summary, which Temporal limits to 400 bytes', (_, text) => {
  const summary = briefInlineCode(text.repeat(1_000));
  expect(Buffer.byteLength(JSON.stringify(summary))).toBeLessThanOrEqual(240);
  expect(summary.length).toBeGreaterThan(50);
});
