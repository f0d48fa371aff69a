import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { sayHealth } from '#admin/pages/health/say-health.ts';
import { filters, plainSearch } from '#admin/ui/search.ts';
import { putInWords } from '#admin/ui/words/in-words.ts';
import { fieldLabel, sayValue } from '#admin/ui/words/names.ts';
import { sayRelative } from '#admin/ui/words/relative-time.ts';

const fine = {
  contacts: { total: 503, synced: 300, pending: 0, failed: 0, held: 0, waiting: 0, outside: 198 },
  needsYou: { candidates: 0, conflicts: 0, submissions: 0, deletes: 0, failures: 0 },
  deliveries: { pending: 0, dead: 0, oldestDueSeconds: 0, breakersOpen: 0, disabled: 0 },
  accounts: [{ provider: 'square', mode: 'live' as const }],
  activity: [],
};

it('addresses of the API begin with the path of the workspace', async () => {
  const folder = fileURLToPath(new URL('../../src/admin', import.meta.url));
  const pages = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.tsx'));
  const texts = await Promise.all(pages.map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8') })));
  expect(texts.filter(({ text }) => /href=.{0,2}[`'"]\/api\//.test(text)).map(({ name }) => name)).toEqual([]);
});

describe('the sentence of Health', () => {
  it.each([
    ['nothing to do', fine, [], '498 in step.'],
    ['decisions', { ...fine, needsYou: { ...fine.needsYou, candidates: 2, conflicts: 1 } }, [], '498 in step, 3 need you.'],
    [
      'one of each',
      { ...fine, needsYou: { ...fine.needsYou, submissions: 1, failures: 1 } },
      [],
      '498 in step, 1 needs you, 1 could not be written.',
    ],
    [
      'an account before its go-live',
      { ...fine, accounts: [{ provider: 'square', mode: 'observe' as const }] },
      [],
      '498 in step, 1 account is only read.',
    ],
    [
      'an empty store',
      { ...fine, contacts: { ...fine.contacts, total: 0 } },
      [],
      'Nobody is here yet: the first pass has not brought anybody.',
    ],
    [
      'a refused key',
      fine,
      [{ name: 'CallTools', state: 'reauthorise' as const, failingSince: null, lastError: null }],
      '498 in step, CallTools refuses our key.',
    ],
  ])('of %s', (_case, overview, troubled, sentence) => {
    expect(sayHealth(overview, troubled)).toBe(sentence);
  });
});

describe('a value', () => {
  it.each([
    [null, ''],
    ['Ada', 'Ada'],
    [
      [
        { address: 'ada@example.com', label: null },
        { address: 'b@example.com', label: 'work' },
      ],
      'ada@example.com, b@example.com',
    ],
    [[{ e164: '+12025550143', extension: '12', raw: '(202) 555-0143', label: null }], '+12025550143 ext. 12'],
    [[{ e164: null, extension: null, raw: 'ask Ada', label: null }], 'ask Ada'],
    [[{ street: null, city: 'Austin', region: 'TX', postalCode: null, country: 'US', label: null }], 'Austin, TX, US'],
    [{ call: true, sms: false, email: true }, 'calls, emails'],
    [{ call: false, sms: false, email: false }, ''],
  ])('%j is said as “%s”', (value, text) => {
    expect(sayValue(value)).toBe(text);
  });

  it('has a label in words, also for a field that the pages do not know', () => {
    expect([fieldLabel('givenName'), fieldLabel('favouriteColour')]).toEqual(['Given name', 'Favourite colour']);
  });
});

describe('a time', () => {
  it.each([
    ['2026-11-29T12:00:00Z', 'now'],
    ['2026-11-29T11:59:15Z', '45 sec. ago'],
    ['2026-11-29T11:20:00Z', '40 min. ago'],
    ['2026-11-30T15:00:00Z', 'tomorrow'],
  ])('%s is %s', (at, text) => {
    expect(sayRelative(new Date(at), new Date('2026-11-29T12:00:00Z'))).toBe(text);
  });
});

describe('an address', () => {
  it('keeps only the filters of its page that have a value', () => {
    expect(filters('state', 'q')({ state: 'dead', q: '', other: 'x' })).toEqual({ state: 'dead' });
  });

  it('is readable, and reads as what was written', () => {
    const text = plainSearch.stringifySearch({ q: 'Ada & Co', since: '24', empty: '' });
    expect(text).toBe('?q=Ada+%26+Co&since=24');
    expect(plainSearch.parseSearch(text)).toEqual({ q: 'Ada & Co', since: '24' });
  });
});

describe('a sentence of the API', () => {
  const accounts = [
    { provider: 'square', name: 'Square' },
    { provider: 'gohighlevel', name: 'GoHighLevel' },
    { provider: 'gohighlevel-west', name: 'GoHighLevel West' },
  ];

  it.each([
    [
      'square went live. Accord wrote givenName, emails to square.',
      'Square went live. Accord wrote given name, emails to Square.',
    ],
    [
      'The value of doNotContact from gohighlevel-west was taken over.',
      'The value of do not contact from GoHighLevel West was taken over.',
    ],
    ['Someone in squares kept gohighlevel.', 'Someone in squares kept GoHighLevel.'],
  ])('%s has names and plain words', (text, words) => {
    expect(putInWords(text, accounts)).toBe(words);
  });
});

it('refusals of the history are channels, without who refused them', () => {
  const refused = { call: true, sms: true, email: false, refusedIn: { call: ['gohighlevel:1'] } };
  expect(sayValue(refused)).toBe('calls, texts');
});
