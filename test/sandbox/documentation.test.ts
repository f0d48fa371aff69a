import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { sandboxes } from '#sandbox/index.ts';

const sections = readFileSync('docs/sandboxes.md', 'utf8').split(/^## /m);

describe.each(sandboxes)('the section $title of docs/sandboxes.md', ({ id, title, settings }) => {
  const section = sections.find((each) => each.startsWith(`${title}\n`)) ?? '';

  it('names every setting', () => {
    const names = Object.keys(z.toJSONSchema(settings, { io: 'input' }).properties ?? {});
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !section.includes(`\`${name}\``))).toEqual([]);
  });

  it('names a test that exists for each quirk', () => {
    const [, quirks = ''] = section.split(/^\| quirk .*$/m);
    const named = [...quirks.matchAll(/\| ([^|]*) \|$/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([\w-]+)`/g)]);
    const tests = new Set(named.map(([, name]) => `test/sandbox/${id}/${name}.test.ts`));
    expect(tests.size).toBeGreaterThan(5);
    expect([...tests].filter((path) => !existsSync(path))).toEqual([]);
  });
});
