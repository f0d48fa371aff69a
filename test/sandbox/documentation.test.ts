import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { settingsSchema as callToolsSettings } from '#sandbox/calltools/settings.ts';
import { settingsSchema as goHighLevelSettings } from '#sandbox/gohighlevel/settings.ts';
import { settingsSchema as googleSettings } from '#sandbox/google/settings.ts';
import { settingsSchema as squareSettings } from '#sandbox/square/settings.ts';

const sections = readFileSync('docs/sandboxes.md', 'utf8').split(/^## /m);
const sectionOf = (title: string) => sections.find((section) => section.startsWith(`${title}\n`)) ?? '';

it.each([
  ['GoHighLevel', Object.keys(goHighLevelSettings.shape)],
  ['CallTools', Object.keys(callToolsSettings.shape)],
  ['Google', Object.keys(googleSettings.shape)],
  ['Square', Object.keys(squareSettings.shape)],
])('docs/sandboxes.md names every setting of %s', (title, settings) => {
  expect(settings.filter((name) => !sectionOf(title).includes(`\`${name}\``))).toEqual([]);
});

it.each(['GoHighLevel', 'CallTools', 'Google', 'Square'])(
  'docs/sandboxes.md points from each quirk of %s to a test that exists',
  (title) => {
    const [, quirks = ''] = sectionOf(title).split(/^\| quirk .*$/m);
    const named = [...quirks.matchAll(/\| ([^|]*) \|$/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([\w-]+)`/g)]);
    const tests = new Set(named.map(([, name]) => `test/sandbox/${title.toLowerCase()}/${name}.test.ts`));
    expect(tests.size).toBeGreaterThan(5);
    expect([...tests].filter((path) => !existsSync(path))).toEqual([]);
  },
);
