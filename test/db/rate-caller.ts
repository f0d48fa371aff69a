// Started by worker-leases.test.ts: a process that calls CallTools as fast as its share of the rate allows, and reports the share.
import { argv } from 'node:process';
import { openDatabase } from '#db/database.ts';
import { openWorkerLeases } from '#db/worker-leases.ts';
import { accountSchema, secretsSchema } from '#providers/calltools/settings.ts';
import { calltools } from '#providers/index.ts';
import type { TokenStore } from '#providers/oauth.ts';

const [databaseUrl = '', baseUrl, key] = argv.slice(2);
const leases = openWorkerLeases(openDatabase({ url: databaseUrl, poolSize: 1 }), { providers: ['calltools'] });
const share = leases.shareOf('calltools');
share.subscribe(() => process.send?.(share.workers));

/** The account has a static key. */
const noTokens: TokenStore = {
  find: async () => null,
  refreshExclusively: () => Promise.reject(new Error('No tokens are stored.')),
  saveFailure: async () => {},
};

const client = calltools.connect({
  account: accountSchema.parse({ rate: { requestsPerSecond: 20, burst: 10 }, concurrency: 10 }),
  secrets: secretsSchema.parse({ CALLTOOLS_BASE_URL: baseUrl, CALLTOOLS_API_KEY: key }),
  tokens: noTokens,
  lists: [],
  share,
});
for (let caller = 0; caller < 10; caller += 1) void call();

/** The record does not exist. */
async function call(): Promise<void> {
  for (;;) await client.read('999999999').catch(() => {});
}

process.on('disconnect', () => process.exit());
