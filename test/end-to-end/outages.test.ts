import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Supervised, supervise } from '#dev/processes/supervisor.ts';
import { getTemporalExecutable } from '#dev/temporal/temporal-executable.ts';
import { temporalServer } from '#dev/temporal/temporal-server.ts';
import { freePort } from '#free-port.ts';
import { type Accord, control, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { createLead, inDialer, untilStatus } from '#test/setup/people.ts';
import { setStandby } from '#test/setup/standby.ts';

/** Ten minutes of the hour that a lane retries for, at a sixtieth of the time. */
const [laneBudget, awayMs] = [60_000, 10_000];

let accord: Accord;
let temporal: Supervised;
let directory: string;
const restarts: number[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'accord-outages-'));
  const { path } = await getTemporalExecutable({ say() {} });
  const port = await freePort();
  const files = { databaseFile: join(directory, 'temporal.db'), logFile: join(directory, 'temporal.log') };
  const onRestart = ({ pid }: { pid: number }) => restarts.push(pid);
  temporal = await supervise(temporalServer({ executable: path, port, ...files }), {
    ...{ say() {}, onRestart, firstDelayMs: awayMs },
  });
  accord = await startAccord({ temporalAddress: `127.0.0.1:${port}`, timing: { laneBudget, activityTimeout: 3_000 } });
  // A webhook may meet a connection to PostgreSQL that has just ended: it comes again after a second instead of ten minutes.
  await control(accord.sandboxes.gohighlevel, 'PATCH', 'settings', { webhookRetryTimeScale: 600 });
});
afterAll(async () => {
  await accord.close();
  await temporal.stop();
  await rm(directory, { recursive: true, force: true });
});

const dialerDown = { path: '/api/**', status: 503, body: 'down' };
const breakDialer = () => control(accord.sandboxes.calltools, 'POST', 'faults', dialerDown);
const mendDialer = () => control(accord.sandboxes.calltools, 'DELETE', 'faults');

/** A lead whose push is retried for as long as the dialer is down. */
async function pushedLead() {
  const lead = await createLead(accord);
  await untilStatus(accord, lead.id, 'pending');
  return lead;
}

async function expectArrived(leads: { id: string; phone: string }[]): Promise<void> {
  for (const { id, phone } of leads) {
    await untilStatus(accord, id, 'synced', 60_000);
    expect(await inDialer(accord, phone)).toMatchObject([{ bucketNames: ['Cold Leads'] }]);
  }
}

describe('leads', () => {
  it('arrive once when Temporal was away for a sixth of the time that their lanes retry for', async () => {
    await breakDialer();
    const before = await pushedLead();
    process.kill(temporal.pid, 'SIGKILL');
    const meanwhile = await createLead(accord);
    await eventually(() => expect(restarts).toHaveLength(1), 60_000);
    await mendDialer();
    await expectArrived([before, meanwhile]);
  }, 180_000);

  it('arrive once when PostgreSQL fails over while they are written', async () => {
    await breakDialer();
    const before = await pushedLead();
    const workflow = accord.workflowOf(await accord.contactIdOf(before.id));
    await setStandby(accord.databaseUrl, true);
    await mendDialer();
    await eventually(async () => {
      const { raw } = await workflow.describe();
      // PostgreSQL: read_only_sql_transaction.
      expect(raw.pendingActivities?.map(({ lastFailure }) => lastFailure?.message)).toEqual([expect.stringContaining('25006')]);
    });
    await setStandby(accord.databaseUrl, false);
    const later = await createLead(accord);
    await expectArrived([before, later]);
  }, 180_000);
});
