import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Accord, changeInGhl, control, type Sandboxes, startAccord, startSandboxes } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { inDialer, nextPhone } from '#test/setup/people.ts';
import { aimWebhooks } from '#test/setup/sandboxes.ts';
import { syncNowUpdate } from '#workflows/messages.ts';

let sandboxes: Sandboxes;
/** Installations where a missing record is gone after ten minutes, after three seconds, and after three seconds with two passes per run. */
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

/** A lead with records at Square and the dialer, whose record at Square has just vanished. */
async function vanished(accord: Accord) {
  // Only one installation at a time receives the webhooks of the sandboxes.
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

describe('a missing record that is not confirmed gone', () => {
  it('keeps the workflow open and visibly waiting, and the link linked', async () => {
    const accord = patient;
    const { handle, linkId } = await vanished(accord);
    expect((await handle.describe()).status.name).toBe('RUNNING');
    expect(await stateOf(accord, linkId)).toBe('linked');
    expect((await accord.syncState((await handle.describe()).workflowId.replace('contact/', ''))).lanes).toContainEqual(
      expect.objectContaining({ provider: 'square', status: 'waiting', error: null }),
    );
  });

  it('delays no change at other providers', async () => {
    const accord = patient;
    const { id, phone, contactId } = await vanished(accord);
    await changeInGhl(sandboxes, { id, firstName: 'Augusta' });
    await eventually(async () => expect(await inDialer(accord, phone)).toMatchObject([{ first_name: 'Augusta' }]));
    await eventually(async () => expect(await statusOf(accord, contactId)).toBe('waiting'));
  });

  it('lets syncNow return, with the waiting lane', async () => {
    const { handle, linkId } = await vanished(patient);
    const { lanes } = await handle.executeUpdate(syncNowUpdate, {
      args: [{ observe: [{ linkId, provider: 'square' }], push: ['calltools'], priority: 2 }],
    });
    const states = Object.fromEntries(lanes.map(({ provider, status }) => [provider, status]));
    expect(states).toMatchObject({ square: 'waiting', calltools: 'idle' });
  });
});

describe('a record that stays missing', () => {
  it('is read again in time, and then gone, and the workflow completes', async () => {
    const { handle, linkId } = await vanished(hasty);
    await handle.result();
    expect(await stateOf(hasty, linkId)).toBe('tombstoned');
  });

  it('is read again and gone in the end across continue-as-new', async () => {
    const { id, contactId, handle, linkId } = await vanished(handedOver);
    const { runId } = await handle.describe();
    for (const firstName of ['Augusta', 'Annabella', 'Byron']) await changeInGhl(sandboxes, { id, firstName });
    await eventually(async () => expect((await handle.describe()).runId).not.toBe(runId));
    await eventually(async () => expect(await stateOf(handedOver, linkId)).toBe('tombstoned'));
    expect((await handedOver.syncState(contactId)).lanes.some(({ error }) => error !== null)).toBe(false);
  });
});
