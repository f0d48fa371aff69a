import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { freePort } from '#dev/processes/ports.ts';
import { startProcess } from '#dev/processes/process.ts';
import { getTemporalExecutable } from '#dev/temporal/temporal-executable.ts';
import { temporalServer } from '#dev/temporal/temporal-server.ts';
import { type Accord, control, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { createLead, inDialer, untilStatus } from '#test/setup/people.ts';
import { killProcess, startAccordProcess } from '#test/setup/processes.ts';

it('makes one record in the dialer when the worker is killed between the create and its answer', async () => {
  const accord = await startAccord({ workersInside: false, timing: { activityTimeout: 3_000 } });
  const workers: ChildProcess[] = [];
  try {
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

    await killProcess(workers[0] as ChildProcess);
    workers.push(await startWorkerProcess(accord));
    await untilStatus(accord, id, 'synced');
    expect(await inDialer(accord, phone)).toMatchObject([{ bucketNames: ['Cold Leads'] }]);
  } finally {
    await Promise.all(workers.map(killProcess));
    await accord.close();
  }
});

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
function startWorkerProcess(accord: Accord): Promise<ChildProcess> {
  const { gohighlevel, calltools } = accord.settings;
  const { GHL_WEBHOOK_PUBLIC_KEY: _, ...ghl } = gohighlevel.secrets;
  return startAccordProcess('worker', accord, { ...ghl, ...calltools.secrets });
}

function addressOf(args: readonly string[]): string {
  return `127.0.0.1:${args[args.indexOf('--port') + 1]}`;
}
