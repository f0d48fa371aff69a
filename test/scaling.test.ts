import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { providers } from '#providers/index.ts';
import { searchAttributes } from '#workflows/search-attributes.ts';

const page = readFileSync('docs/scaling.md', 'utf8');
const { accounts } = parse(readFileSync('accord.yaml', 'utf8')) as {
  accounts: Record<string, { rate?: { requestsPerSecond: number } }>;
};
/** GoHighLevel's limit of a day, in calls. */
const callsPerDay: Record<string, number> = { gohighlevel: 200_000 };

const number = (text = '') => Number(/[\d.,]+/.exec(text)?.[0].replaceAll(',', ''));
const vendors = providers.filter(({ isSourceOnly }) => !isSourceOnly);

it.each(vendors.map(({ id, name }) => [id, name] as const))(
  'docs/scaling.md says what the rate of %s in accord.yaml allows',
  (id, name) => {
    const row = page.split('\n').find((line) => line.startsWith(`| ${name.split(' ')[0]} | `)) ?? '';
    const [, calls, perSecond, changes, perDay] = row.split(' | ').map((cell) => cell.replace(/^\| /, ''));
    const rate = accounts[id]?.rate?.requestsPerSecond ?? 0;
    const changesPerSecond = rate / number(calls);
    expect([id, number(perSecond)]).toEqual([id, rate]);
    expect(number(changes)).toBeCloseTo(changesPerSecond, 1);
    const daily = Math.min(changesPerSecond * 86_400, (callsPerDay[id] ?? Number.POSITIVE_INFINITY) / number(calls));
    expect(Math.abs(number(perDay) - daily) / daily).toBeLessThan(0.03);
  },
);

it('docs/scaling.md has tcld create the search attributes of the code, and no others', () => {
  const typeNames: Record<string, string> = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList' };
  const wanted = Object.values(searchAttributes).map(({ name, type }) => `${name}=${typeNames[type]}`);
  const attributesOf = (command: string) => [...command.matchAll(/--search-attribute "(.*?)"/g)].map(([, each]) => each);
  const [, create = ''] = /^(tcld namespace create (?:.*\\\n)*.*)$/m.exec(page) ?? [];
  const [, add = ''] = /^(tcld namespace search-attributes add .*)$/m.exec(page) ?? [];
  expect(attributesOf(create).toSorted()).toEqual(wanted.toSorted());
  expect(wanted).toEqual(expect.arrayContaining(attributesOf(add)));
  expect(attributesOf(add).length).toBeGreaterThan(0);
});
