import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { settingsSchema as callToolsSettings } from '../../src/sandbox/calltools/settings.ts';
import { settingsSchema as goHighLevelSettings } from '../../src/sandbox/gohighlevel/settings.ts';

const documentation = readFileSync('docs/sandboxes.md', 'utf8');
const [, goHighLevel = '', callTools = ''] = documentation.split(/^## (?:GoHighLevel|CallTools)$/m);

it.each([
  ['GoHighLevel', Object.keys(goHighLevelSettings.shape), goHighLevel],
  ['CallTools', Object.keys(callToolsSettings.shape), callTools],
])('docs/sandboxes.md names every setting of %s', (_, settings, section) => {
  expect(settings.filter((name) => !section.includes(`\`${name}\``))).toEqual([]);
});

it.each([
  ['gohighlevel', goHighLevel],
  ['calltools', callTools],
])('docs/sandboxes.md points from each quirk of %s to a test that exists', (folder, section) => {
  const [, quirks = ''] = section.split(/^\| quirk .*$/m);
  const named = [...quirks.matchAll(/\| ([^|]*) \|$/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([\w-]+)`/g)]);
  const tests = new Set(named.map(([, name]) => `test/sandbox/${folder}/${name}.test.ts`));
  expect(tests.size).toBeGreaterThan(5);
  expect([...tests].filter((path) => !existsSync(path))).toEqual([]);
});
