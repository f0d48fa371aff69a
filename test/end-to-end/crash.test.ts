import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { listRuns } from '#db/sync/reconcile-runs.ts';
import { startProcess } from '#dev/processes/process.ts';
import { getTemporalExecutable } from '#dev/temporal/temporal-executable.ts';
import { temporalServer } from '#dev/temporal/temporal-server.ts';
import { freePort } from '#free-port.ts';
import { type Accord, control, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { createLead, inDialer, nextPhone, untilStatus } from '#test/setup/people.ts';
import { killProcess, startAccordProcess } from '#test/setup/processes.ts';
import { reconcileWorkflowId } from '#workflows/ids.ts';
import type { ReconcileInput, ReconcileResult } from '#workflows/messages.ts';

it('makes one record in the dialer when the worker is killed between the create and its answer, and goes on with a full pass', async () => {
  const accord = await startAccord({ workersInside: false, timing: { activityTimeout: 3_000 } });
  const workers: ChildProcess[] = [];
  try {
    const known = Array.from({ length: 5 }, () => ({ firstName: 'Bob', phone: nextPhone() }));
    await control(accord.sandboxes.gohighlevel, 'PATCH', 'settings', { searchLagMs: 0 });
    await control(accord.sandboxes.gohighlevel, 'POST', 'records', { contacts: known, webhooks: false });
    await control(accord.sandboxes.calltools, 'PATCH', 'settings', { duplicateMode: 'create' });
    await control(accord.sandboxes.calltools, 'POST', 'faults', {
      method: 'POST',
      path: '/api/contacts/',
      afterWrite: true,
      hang: true,
      times: 1,
    });
    workers.push(await startWorkerProcess(accord));
    const { id, phone } = await createLead(accord);
    await eventually(async () => expect(await inDialer(accord, phone)).toHaveLength(1));
    const pass = await passAtPage(accord, 3);

    await killProcess(workers[0] as ChildProcess);
    await control(accord.sandboxes.gohighlevel, 'DELETE', 'faults');
    workers.push(await startWorkerProcess(accord));
    await untilStatus(accord, id, 'synced');
    expect(await inDialer(accord, phone)).toMatchObject([{ bucketNames: ['Cold Leads'] }]);
    const { counts } = (await pass.result()) as ReconcileResult;
    expect(counts).toMatchObject({ total: 6, listed: 6, created: 5 });
    expect(await listRuns(accord.db, { limit: 2 })).toMatchObject([{ outcome: 'completed', counts }]);
    // The page that was being read is read again, and none before it. The last one is empty.
    expect(searches(accord)).toHaveLength(6 + 1 + 1);
  } finally {
    await Promise.all(workers.map(killProcess));
    await accord.close();
  }
}, 120_000);

const searches = ({ sandboxes }: Accord) => sandboxes.gohighlevel.requests().filter(({ path }) => path === '/contacts/search');

/** The settings of the repository, with pages of one contact. */
async function writeConfig(): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'accord-crash-')), 'accord.yaml');
  await writeFile(file, (await readFile('accord.yaml', 'utf8')).replace('\n  gohighlevel:\n', '$&    pageSize: 1\n'));
  return file;
}

/** A full pass of pages of one contact, one of which waits for its answer for good. */
async function passAtPage({ temporal, taskQueuePrefix, sandboxes }: Accord, page: number) {
  const ghl = sandboxes.gohighlevel;
  await control(ghl, 'POST', 'faults', { path: '/contacts/search', latencyMs: 200, times: page - 1 });
  await control(ghl, 'POST', 'faults', { path: '/contacts/search', hang: true });
  const input: ReconcileInput = { provider: 'gohighlevel', trigger: 'api', taskQueuePrefix, activityTimeout: 3_000 };
  const handle = await temporal.workflow.start('reconcileProvider', {
    workflowId: reconcileWorkflowId(taskQueuePrefix, 'gohighlevel'),
    taskQueue: taskQueuePrefix,
    args: [input],
  });
  await eventually(async () => {
    const { faults } = await control<{ faults: { hang?: boolean; touched: number }[] }>(ghl, 'GET', 'faults');
    expect(faults).toMatchObject([{ hang: true, touched: 1 }]);
  });
  return handle;
}

it('continues when the Temporal server is killed and restarted with its database file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'accord-crash-'));
  const { path: executable } = await getTemporalExecutable({ say: () => {} });
  const spec = temporalServer({
    ...{
      executable,
      port: await freePort(),
      databaseFile: join(directory, 'temporal.db'),
      logFile: join(directory, 'temporal.log'),
    },
  });
  let server = await startProcess(spec);
  const accord = await startAccord({ temporalAddress: addressOf(spec.args) });
  try {
    const fault = await control<{ id: number }>(accord.sandboxes.calltools, 'POST', 'faults', {
      path: '/api/**',
      status: 503,
      body: 'down',
    });
    const before = await createLead(accord);
    await untilStatus(accord, before.id, 'pending');

    server.kill('SIGKILL');
    await server.ended;
    const during = await createLead(accord);
    await eventually(async () => expect(await accord.contactIdOf(during.id)).toBeTruthy());
    await control(accord.sandboxes.calltools, 'DELETE', `faults/${fault.id}`);

    server = await startProcess(spec);
    for (const lead of [before, during]) {
      await untilStatus(accord, lead.id, 'synced', 60_000);
      expect(await inDialer(accord, lead.phone)).toHaveLength(1);
    }
  } finally {
    await accord.close();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}, 120_000);

/** Settings with the accounts of the sandboxes. */
async function startWorkerProcess(accord: Accord): Promise<ChildProcess> {
  const { gohighlevel, calltools } = accord.settings;
  const { GHL_WEBHOOK_PUBLIC_KEY: _, ...ghl } = gohighlevel.secrets;
  return startAccordProcess('worker', accord, { ...ghl, ...calltools.secrets, ACCORD_CONFIG: await writeConfig() });
}

function addressOf(args: readonly string[]): string {
  return `127.0.0.1:${args[args.indexOf('--port') + 1]}`;
}
