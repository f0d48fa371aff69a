import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Accord, changeInGhl, control, type Sandboxes, startAccord, startSandboxes } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { inDialer, nextPhone } from '#test/setup/people.ts';
import { aimWebhooks } from '#test/setup/sandboxes.ts';
import { syncNowUpdate } from '#workflows/messages.ts';

let sandboxes: Sandboxes;
/** Whose records are believed gone after ten minutes, after three seconds, and so with runs of two passes. */
let patient: Accord;
let hasty: Accord;
let handedOver: Accord;
beforeAll(async () => {
  sandboxes = await startSandboxes(['gohighlevel', 'calltools', 'square']);
  await control(sandboxes.square, 'PATCH', 'settings', { indexLagMs: 0 });
  const timing = { passesPerRun: 2, passSpacing: [0] };
  patient = await startAccord({ sandboxes, goneAfterSeconds: 600 });
  hasty = await startAccord({ sandboxes, goneAfterSeconds: 3 });
  handedOver = await startAccord({ sandboxes, goneAfterSeconds: 5, timing });
});
afterAll(async () => {
  await Promise.all([patient, hasty, handedOver].map((accord) => accord.close()));
  await Promise.all(Object.values(sandboxes).map((sandbox) => sandbox.close()));
});

/** A lead whom Square and the dialer have too, and who has just vanished from Square. */
async function vanished(accord: Accord) {
  // Each of them hears of what happens in the sandboxes only while it is their turn.
  aimWebhooks(sandboxes, accord.api.url);
  const phone = nextPhone();
  const id = await changeInGhl(sandboxes, { firstName: 'Ada', lastName: 'Lovelace', phone, tags: ['cold lead'] });
  const link = await eventually(async () => {
    const contactId = await accord.contactIdOf(id);
    expect((await inDialer(accord, phone)).length).toBe(1);
    return accord.db
      .selectFrom('link')
      .selectAll()
      .where('contact_id', '=', contactId)
      .where('provider', '=', 'square')
      .where('state', '=', 'linked')
      .where('external_id', 'is not', null)
      .executeTakeFirstOrThrow();
  });
  const { contact_id: contactId, external_id: customer } = link;
  await control(sandboxes.square, 'POST', 'records', { delete: [customer] });
  await eventually(async () => expect(await statusOf(accord, contactId)).toBe('waiting'));
  return { id, phone, contactId, linkId: link.id, handle: accord.workflowOf(contactId) };
}

async function statusOf(accord: Accord, contactId: string, provider = 'square'): Promise<string | undefined> {
  return (await accord.syncState(contactId)).lanes.find((lane) => lane.provider === provider)?.status;
}

const stateOf = async ({ db }: Accord, linkId: string) =>
  (await db.selectFrom('link').select(['state', 'missing_since']).where('id', '=', linkId).executeTakeFirstOrThrow()).state;

describe('a record that is missing, and not believed gone yet', () => {
  it('keeps the workflow open, where it is seen to wait, and leaves the record a record', async () => {
    const accord = patient;
    const { handle, linkId } = await vanished(accord);
    expect((await handle.describe()).status.name).toBe('RUNNING');
    expect(await stateOf(accord, linkId)).toBe('linked');
    expect((await accord.syncState((await handle.describe()).workflowId.replace('contact/', ''))).lanes).toContainEqual(
      expect.objectContaining({ provider: 'square', status: 'waiting', error: null }),
    );
  });

  it('holds up no change to others', async () => {
    const accord = patient;
    const { id, phone, contactId } = await vanished(accord);
    await changeInGhl(sandboxes, { id, firstName: 'Augusta' });
    await eventually(async () => expect(await inDialer(accord, phone)).toMatchObject([{ first_name: 'Augusta' }]));
    await eventually(async () => expect(await statusOf(accord, contactId)).toBe('waiting'));
  });

  it('lets syncNow answer, with what waits', async () => {
    const { handle, linkId } = await vanished(patient);
    const { lanes } = await handle.executeUpdate(syncNowUpdate, {
      args: [{ observe: [{ linkId, provider: 'square' }], push: ['calltools'], priority: 2 }],
    });
    const states = Object.fromEntries(lanes.map(({ provider, status }) => [provider, status]));
    expect(states).toMatchObject({ square: 'waiting', calltools: 'idle' });
  });
});

describe('a record that stays missing', () => {
  it('is read again in time, is gone then, and the workflow ends', async () => {
    const { handle, linkId } = await vanished(hasty);
    await handle.result();
    expect(await stateOf(hasty, linkId)).toBe('tombstoned');
  });

  it('is still waited for, and gone in the end, when the workflow was handed over to a fresh run', async () => {
    const { id, contactId, handle, linkId } = await vanished(handedOver);
    const { runId } = await handle.describe();
    for (const firstName of ['Augusta', 'Annabella', 'Byron']) await changeInGhl(sandboxes, { id, firstName });
    await eventually(async () => expect((await handle.describe()).runId).not.toBe(runId));
    await eventually(async () => expect(await stateOf(handedOver, linkId)).toBe('tombstoned'));
    expect((await handedOver.syncState(contactId)).lanes.some(({ error }) => error !== null)).toBe(false);
  });
});
