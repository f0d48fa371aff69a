import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createApiKey } from '#db/api-keys.ts';
import { type Accord, control, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { peopleIn } from '#test/setup/hub.ts';
import { nextPhone } from '#test/setup/people.ts';
import { killProcess, startAccordProcess } from '#test/setup/processes.ts';
import { reconcileWorkflowId } from '#workflows/ids.ts';

const count = 40;
let accord: Accord;
let key: string;
let worker: ChildProcess;
beforeAll(async () => {
  const timing = { activityTimeout: 3_000 };
  accord = await startAccord({ ...{ workersInside: false, providers: ['square', 'google'], accountMode: 'observe', timing } });
  ({ key } = await createApiKey(accord.db, { name: 'owner', scopes: ['sync:read', 'sync:write'] }));
  worker = await startWorker();
});
afterAll(async () => {
  await killProcess(worker);
  await accord.close();
});

function startWorker(): Promise<ChildProcess> {
  const { square, google } = accord.settings;
  return startAccordProcess('worker', accord, { ...square.secrets, ...google.secrets });
}

/** Kills the worker once the vendor has done `done` and has not answered, and starts another one. */
async function killAfter(done: () => Promise<void>): Promise<void> {
  await eventually(done);
  await killProcess(worker);
  worker = await startWorker();
}

async function call<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
  const response = await fetch(`${accord.api.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const { data } = (await response.json()) as { data: T };
  return data;
}

interface Run {
  id: string;
  state: string;
  failed: number;
  undo: { state: string } | null;
}

const untilRun = (id: string, expected: object) =>
  eventually(async () => expect(await call<Run>('GET', `/api/v1/go-live/${id}`)).toMatchObject(expected), 60_000);

async function readAll(): Promise<void> {
  for (const provider of ['google', 'square']) {
    await call('POST', '/sync/trigger', { provider });
    await accord.temporal.workflow.getHandle(reconcileWorkflowId(accord.taskQueuePrefix, provider)).result();
  }
}

const hangOnce = (fault: object) =>
  control(accord.sandboxes.square, 'POST', 'faults', { afterWrite: true, hang: true, times: 1, ...fault });
const inSquare = async () => (await peopleIn(accord, 'square')).length;

it('goes live and back through SIGKILLs of the worker, with nobody twice and nobody lost', async () => {
  const people = Array.from({ length: count }, (_, at) => ({ givenName: `Ada ${at}`, familyName: 'King', phone: nextPhone() }));
  await control(accord.sandboxes.google, 'POST', 'people', { people, webhooks: false });
  await eventually(async () => {
    await readAll();
    expect(await accord.db.selectFrom('contact').select('id').execute()).toHaveLength(count);
  }, 60_000);

  await hangOnce({ path: '/v2/customers/bulk-create' });
  const { runs } = await call<{ runs: Run[] }>('POST', '/api/v1/go-live', { provider: 'square' });
  const id = runs[0]?.id as string;
  await killAfter(async () => expect(await inSquare()).toBeGreaterThan(0));
  await untilRun(id, { state: 'completed' });
  await eventually(async () => {
    expect(await inSquare()).toBe(count);
    expect(await call('GET', '/sync/stats')).toMatchObject({ pending: 0, failed: 0 });
  }, 60_000);

  await hangOnce({ method: 'DELETE', path: '/v2/customers/*' });
  await call('POST', `/api/v1/go-live/${id}/undo`);
  await killAfter(async () => expect(await inSquare()).toBeLessThan(count));
  await untilRun(id, { undo: { state: 'completed', removed: count, left: 0 } });
  expect(await inSquare()).toBe(0);
  expect(await peopleIn(accord, 'google')).toHaveLength(count);

  const again = await call<{ runs: Run[] }>('POST', '/api/v1/go-live', { provider: 'square' });
  await untilRun(again.runs[0]?.id as string, { state: 'completed' });
  await eventually(async () => expect(await inSquare()).toBe(count), 60_000);
}, 180_000);
