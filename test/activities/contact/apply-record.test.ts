import { describe, expect, it } from '@jest/globals';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { resolveConflict } from '#contacts/resolve-conflict.ts';
import type { Member } from '#test/setup/hub.ts';
import { useHub } from './hub.ts';

const hub = useHub({ conflicts: { fields: { familyName: { mode: 'ask' } } } });

/** A conflict: Square has another name than Google and GoHighLevel. */
async function disputed() {
  const person = await hub.everywhere();
  const { links, contactId } = person;
  await hub.edit('google', { familyName: 'King' }, links.google.external_id);
  await hub.edit('square', { familyName: 'Byron' }, links.square.external_id);
  await hub.take({ linkId: links.google.id });
  await hub.settle(contactId, ['square', 'gohighlevel']);
  const conflict = (await hub.history(contactId)).find(({ kind }) => kind === 'conflict');
  return { ...person, conflictId: conflict?.id as string };
}

const nameAt = async (member: Member, email: string) => (await hub.lookUp(member, email)).map(({ familyName }) => familyName);
const names = async (email: string) =>
  Promise.all((['gohighlevel', 'google', 'square'] as const).map((each) => nameAt(each, email)));

describe('a conflict that waits for a person', () => {
  it('leaves each side what it says, tells the others, and is written down with the value that would have lost', async () => {
    const { contactId, email } = await disputed();
    expect(await names(email)).toEqual([['King'], ['King'], ['Byron']]);
    expect((await hub.contact(contactId)).fields.familyName).toBe('King');
    expect(await hub.link(contactId, 'square')).toMatchObject({ held: { familyName: 'Byron' } });
    expect((await hub.history(contactId)).filter(({ kind }) => kind === 'conflict')).toEqual([
      expect.objectContaining({ actor: 'accord', provider: 'square', field: 'familyName', after: 'King', losing: 'Byron' }),
    ]);
  });

  it('asks once, and writes nothing, however often the record is read and pushed', async () => {
    const { contactId, links } = await disputed();
    const before = await hub.history(contactId);
    const calls = await hub.calls('square', async () => {
      expect(await hub.observe({ linkId: links.square.id })).toMatchObject({ outcome: 'unchanged', outOfStep: [] });
      expect(await hub.push(contactId, 'square')).toMatchObject({ outcome: 'in-step' });
    });
    expect(calls.filter((call) => !call.startsWith('GET'))).toEqual([]);
    expect(await hub.history(contactId)).toEqual(before);
    expect(await hub.contact(contactId)).toMatchObject({ syncStatus: 'synced' });
  });

  it('keeps nothing from the other fields of the record', async () => {
    const { email, links } = await disputed();
    await hub.edit('google', { givenName: 'Augusta' }, links.google.external_id);
    await hub.take({ linkId: links.google.id });
    expect(await hub.lookUp('square', email)).toMatchObject([{ givenName: 'Augusta', familyName: 'Byron' }]);
  });

  it('ends when both sides hold the same value', async () => {
    const { contactId, email, links } = await disputed();
    await hub.edit('square', { familyName: 'King' }, links.square.external_id);
    await hub.take({ linkId: links.square.id });
    expect((await hub.link(contactId, 'square')).held).toEqual({});
    expect(await names(email)).toEqual([['King'], ['King'], ['King']]);
  });

  it('is recorded again when the held side changes its value', async () => {
    const { contactId, links } = await disputed();
    await hub.edit('square', { familyName: 'Noel' }, links.square.external_id);
    await hub.take({ linkId: links.square.id });
    expect((await hub.history(contactId)).filter(({ kind }) => kind === 'conflict').map(({ losing }) => losing)).toEqual([
      'Byron',
      'Noel',
    ]);
    expect(await hub.link(contactId, 'square')).toMatchObject({ held: { familyName: 'Noel' } });
  });
});

describe('a decision', () => {
  const decide = async (contactId: string, conflictId: string, value: 'kept' | 'lost') => {
    const resolution = { contactId, conflictId, value, actor: 'api:tester' };
    const outcome = await inTransaction(hub.deps, (transaction) => resolveConflict(transaction, resolution));
    await hub.settle(contactId, ['gohighlevel', 'square', 'google']);
    return outcome;
  };

  it.each([
    ['kept', 'King'],
    ['lost', 'Byron'],
  ] as const)('for the value that %s is pushed to every provider', async (value, name) => {
    const { contactId, conflictId, email } = await disputed();
    expect(await decide(contactId, conflictId, value)).toBe('resolved');
    expect(await names(email)).toEqual([[name], [name], [name]]);
    expect((await hub.link(contactId, 'square')).held).toEqual({});
    expect((await hub.history(contactId)).find(({ kind }) => kind === 'resolved')).toMatchObject({
      ...{ actor: 'api:tester', field: 'familyName', before: 'King', after: name },
    });
  });

  it('is possible after one side has changed its value again', async () => {
    const { contactId, email, links } = await disputed();
    await hub.edit('google', { familyName: 'Milbanke' }, links.google.external_id);
    await hub.take({ linkId: links.google.id });
    const latest = (await hub.history(contactId)).findLast(({ kind }) => kind === 'conflict');
    expect(await decide(contactId, latest?.id as string, 'kept')).toBe('resolved');
    expect(await names(email)).toEqual([['Milbanke'], ['Milbanke'], ['Milbanke']]);
  });
});
