import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', ...markdownIn('docs')];
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

describe.each(pages)('%s', (page) => {
  const text = readFileSync(page, 'utf8');

  it('links only to files and headings that exist', () => {
    expect(relativeLinks(text).filter((link) => !isReachable(page, link))).toEqual([]);
  });

  it('names only source paths that exist', () => {
    expect(sourcePaths(text).filter((path) => !existsSync(path))).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const named = [...text.matchAll(/npm run (?:-s )?(\w[\w:-]*)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

it('names an existing test for every threat', () => {
  const rows = readFileSync('docs/security.md', 'utf8').match(/^\| (?!threat).*$/gm) ?? [];
  const testsOf = (row: string) => [...(row.split(' | ').at(-1) ?? '').matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path);
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.filter((row) => testsOf(row).length === 0 || !testsOf(row).every((path) => existsSync(path)))).toEqual([]);
});

it('keeps the README within 150 lines', () => {
  expect(readFileSync('README.md', 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
});

function markdownIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
}

/** Targets of `[text](target)`, without those on other sites. */
function relativeLinks(text: string): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

function isReachable(page: string, link: string): boolean {
  const [path = '', heading] = link.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  return existsSync(file) && (heading === undefined || headings(readFileSync(file, 'utf8')).includes(heading));
}

/** The anchors that GitHub gives a page's headings. */
function headings(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Paths in backticks, without arguments behind them. Patterns such as `src/providers/<name>/` name no single file and are skipped. */
function sourcePaths(text: string): string[] {
  return [...text.matchAll(/`((?:src|test|bench|docs)\/[^`\n]*)`/g)]
    .map(([, code = '']) => code)
    .filter((code) => !/[<*{…]/.test(code))
    .map((code) => code.replace(/(?::\d+)?(?: .*)?$/, ''));
}

function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '');
}
