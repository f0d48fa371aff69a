import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { syncNowUpdate } from '../../src/workflows/messages.ts';
import {
  type Accord,
  type AccordOptions,
  changeInGhl,
  control,
  type Sandboxes,
  startAccord,
  startSandboxes,
} from '../setup/accord.ts';
import { eventually } from '../setup/eventually.ts';
import { inDialer, nextPhone } from '../setup/people.ts';

let sandboxes: Sandboxes;
const opened: Accord[] = [];
beforeAll(async () => {
  sandboxes = await startSandboxes(['gohighlevel', 'calltools', 'square']);
  await control(sandboxes.square, 'PATCH', 'settings', { indexLagMs: 0 });
});
afterEach(() => Promise.all(opened.splice(0).map((accord) => accord.close())));
afterAll(() => Promise.all(Object.values(sandboxes).map((sandbox) => sandbox.close())));

async function open(options: AccordOptions): Promise<Accord> {
  const accord = await startAccord({ sandboxes, ...options });
  opened.push(accord);
  return accord;
}

/** A lead whom Square and the dialer have too, and who has just vanished from Square. */
async function vanished(options: AccordOptions) {
  const accord = await open(options);
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
  return { accord, id, phone, contactId, linkId: link.id, handle: accord.workflowOf(contactId) };
}

async function statusOf(accord: Accord, contactId: string, provider = 'square'): Promise<string | undefined> {
  return (await accord.syncState(contactId)).lanes.find((lane) => lane.provider === provider)?.status;
}

const stateOf = async ({ db }: Accord, linkId: string) =>
  (await db.selectFrom('link').select(['state', 'missing_since']).where('id', '=', linkId).executeTakeFirstOrThrow()).state;

describe('a record that is missing, and not believed gone yet', () => {
  const long = { goneAfterSeconds: 600 };

  it('keeps the workflow open, where it is seen to wait, and leaves the record a record', async () => {
    const { accord, handle, linkId } = await vanished(long);
    expect((await handle.describe()).status.name).toBe('RUNNING');
    expect(await stateOf(accord, linkId)).toBe('linked');
    expect((await accord.syncState((await handle.describe()).workflowId.replace('contact/', ''))).lanes).toContainEqual(
      expect.objectContaining({ provider: 'square', status: 'waiting', error: null }),
    );
  });

  it('holds up no change to others', async () => {
    const { accord, id, phone, contactId } = await vanished(long);
    await changeInGhl(sandboxes, { id, firstName: 'Augusta' });
    await eventually(async () => expect(await inDialer(accord, phone)).toMatchObject([{ first_name: 'Augusta' }]));
    await eventually(async () => expect(await statusOf(accord, contactId)).toBe('waiting'));
  });

  it('lets syncNow answer, with what waits', async () => {
    const { handle, linkId } = await vanished(long);
    const { lanes } = await handle.executeUpdate(syncNowUpdate, {
      args: [{ observe: [{ linkId, provider: 'square' }], push: ['calltools'], priority: 2 }],
    });
    const states = Object.fromEntries(lanes.map(({ provider, status }) => [provider, status]));
    expect(states).toMatchObject({ square: 'waiting', calltools: 'idle' });
  });

  it('is still waited for after the workflow was handed over to a fresh run', async () => {
    const { accord, id, contactId, handle } = await vanished({ ...long, timing: { passesPerRun: 2, passSpacing: [0] } });
    const { runId } = await handle.describe();
    for (const firstName of ['Augusta', 'Annabella', 'Byron']) await changeInGhl(sandboxes, { id, firstName });
    await eventually(async () => expect((await handle.describe()).runId).not.toBe(runId));
    await eventually(async () => expect(await statusOf(accord, contactId)).toBe('waiting'));
  });
});

describe('a record that stays missing', () => {
  it('is read again in time, is gone then, and the workflow ends', async () => {
    const { accord, handle, linkId } = await vanished({ goneAfterSeconds: 4 });
    await handle.result();
    expect(await stateOf(accord, linkId)).toBe('tombstoned');
  });

  it('is so too when the workflow was handed over meanwhile', async () => {
    const { accord, id, handle, linkId } = await vanished({ goneAfterSeconds: 6, timing: { passesPerRun: 2, passSpacing: [0] } });
    await changeInGhl(sandboxes, { id, firstName: 'Augusta' });
    await handle.result();
    expect(await stateOf(accord, linkId)).toBe('tombstoned');
  });
});
