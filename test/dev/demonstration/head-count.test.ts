import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { countHeads } from '#dev/demonstration/head-count.ts';
import { openSandboxPages, type SandboxPages } from '#dev/demonstration/sandbox-pages.ts';
import { changeInGhl, changeInGoogle, changeInSquare, control, type Sandboxes, startSandboxes } from '#test/setup/accord.ts';
import { closeSandboxes } from '#test/setup/sandboxes.ts';

let sandboxes: Sandboxes;
let pages: SandboxPages;
beforeAll(async () => {
  sandboxes = await startSandboxes(['gohighlevel', 'calltools', 'square', 'google']);
  const accounts = Object.entries(sandboxes).map(([id, { url, controlUrl, info }]) => [
    id,
    { url, control: controlUrl, ...info() },
  ]);
  pages = openSandboxPages(Object.fromEntries(accounts), new AbortController().signal);
});
afterAll(() => closeSandboxes(sandboxes));

beforeEach(async () => {
  for (const sandbox of Object.values(sandboxes)) await control(sandbox, 'POST', 'reset');
  for (const [first, last] of [
    ['Ada', 'Lovelace'],
    ['Grace', 'Hopper'],
  ]) {
    await changeInGhl(sandboxes, { firstName: first, lastName: last });
    await changeInSquare(sandboxes, { given_name: first, family_name: last });
    await changeInGoogle(sandboxes, { names: [{ givenName: first, familyName: last }] });
  }
  await control(sandboxes.calltools, 'POST', 'records', { create: [{ first_name: 'Ada', last_name: 'Lovelace' }] });
});

describe('countHeads', () => {
  it('counts each person once in every sandbox', async () => {
    expect(await countHeads(pages, 2)).toEqual({ everywhere: 2, inDialer: 1 });
  });

  it('says where somebody is twice', async () => {
    await changeInSquare(sandboxes, { given_name: 'Ada', family_name: 'Lovelace' });
    await expect(countHeads(pages, 2)).rejects.toThrow('Square has somebody twice: 2 people in 3 records');
  });

  it('says where somebody is missing', async () => {
    await expect(countHeads(pages, 3)).rejects.toThrow('GoHighLevel has 2 records of 3 contacts');
  });
});
