import { subscribe } from 'node:diagnostics_channel';
import pg from 'pg';
import { observeRecord } from '#activities/contact/observe-record.ts';
import { pushRecord } from '#activities/contact/push-record.ts';
import type { ActivityDeps } from '#activities/deps.ts';
import { openDatabase } from '#db/database.ts';
import { createErasureSecret } from '#db/erasure/erasure-secret.ts';
import type { Audience } from '#domain/audience.ts';
import { calltools } from '#providers/calltools/index.ts';
import { gohighlevel } from '#providers/gohighlevel/index.ts';
import type { Provider } from '#providers/provider.ts';
import { square } from '#providers/square/index.ts';
import type { ProviderSettings } from '#test/setup/provider-settings.ts';
import { type Decision, runWork } from './decisions.ts';
import { eraseWhole } from './erase-rounds.ts';

/** The task of a process that kills itself at some point. */
export interface MortalTask {
  /**
   * `sync` observes a record and pushes to Square, `push` pushes to GoHighLevel. `refuse` observes a record and pushes to the dialer. The
   * others but `erase` are decisions about the contact.
   */
  work: 'sync' | 'push' | 'refuse' | 'erase' | Decision['work'];
  /** In hex. */
  encryptionKey: string;
  databaseUrl: string;
  settings: Record<'calltools' | 'gohighlevel' | 'square', ProviderSettings>;
  /** Present where the dialer is connected. */
  audiences?: Audience[];
  linkId: string;
  contactId: string;
  /** For decisions. */
  otherId?: string;
  otherLinkId?: string;
  /** The statement or call step at which it kills itself; null for never. */
  killAt: number | null;
}

const task = JSON.parse(process.argv[2] ?? '') as MortalTask;
let points = 0;

/** A point at which the process may end: by SIGKILL, without cleanup. */
function point(): void {
  points += 1;
  if (points === task.killAt) process.kill(process.pid, 'SIGKILL');
}

const query = pg.Client.prototype.query;
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  point();
  return (query as (...all: unknown[]) => unknown).apply(this, args);
} as typeof query;
// Before a request is sent, while it is in flight, and when its answer has arrived unread.
for (const step of ['create', 'bodySent', 'headers']) subscribe(`undici:request:${step}`, point);

const db = openDatabase({ url: task.databaseUrl, poolSize: 2 });
const { audiences = [] } = task;
const dialers = audiences.length > 0 ? [connect(calltools, task.settings.calltools)] : [];
const deps: ActivityDeps = {
  ...{ db, audiences, sharing: {}, now: () => new Date() },
  conflicts: { order: ['gohighlevel', 'square'], fields: {} },
  providers: new Map([connect(gohighlevel, task.settings.gohighlevel), connect(square, task.settings.square), ...dialers]),
  signalContact: async () => {},
  erasureSecret: createErasureSecret(db, Buffer.from(task.encryptionKey, 'hex')),
};
const { contactId, otherId = '', otherLinkId = '' } = task;
const targets: Partial<Record<MortalTask['work'], string>> = { sync: 'square', push: 'gohighlevel', refuse: 'calltools' };
const provider = targets[task.work];
if (provider !== undefined) {
  if (task.work !== 'push') await observeRecord(deps, { linkId: task.linkId, cause: 'mortal' }, {});
  await pushRecord(deps, { contactId, provider, cause: 'mortal', owner: 'mortal' }, {});
} else if (task.work === 'erase') await eraseWhole(deps, contactId);
else await runWork(deps, { work: task.work as Decision['work'], contactId, otherId, otherLinkId });
await db.destroy();
console.log(points);
process.exit(0);

function connect(anyProvider: unknown, settings: ProviderSettings): [string, never] {
  const provider = anyProvider as Provider<never, never>;
  const { account, secrets } = settings as never;
  const client = provider.connect({ account, secrets, tokens: {} as never, lists: ['Cold Leads'] });
  return [provider.id, { provider, client, fitValues: (values: never) => provider.fitValues(values, account) } as never];
}
