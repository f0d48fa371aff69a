import { describe, expect, it } from '@jest/globals';
import { findConnection } from '#db/connections/connections.ts';
import { AuthenticationError, NotFoundError, UnavailableError } from '#providers/errors.ts';
import type { ProviderClient } from '#providers/provider.ts';
import { useDatabase } from '#test/db/test-database.ts';
import { eventually } from '#test/setup/eventually.ts';
import { createCallReports, reportCalls } from '#workers/call-reports.ts';

const store = useDatabase();
const facts = { provider: 'square', operation: 'read contact' };
const refused = new AuthenticationError({ ...facts, message: 'Square rejects our credentials (401, read contact).' });
const down = new UnavailableError({ ...facts, message: 'Square is unavailable (503, read contact).' });

/** A client whose reads end with the next error of the list, or work. */
function clientOf(results: (Error | null)[], report: Parameters<typeof reportCalls>[1]): ProviderClient {
  const read = async () => {
    const error = results.shift();
    if (error) throw error;
    return { externalId: '1' };
  };
  return reportCalls({ accountId: 'm', requestsPerSecond: 5, read } as unknown as ProviderClient, report);
}

describe('the calls of an account', () => {
  it('that fail are stored with the first time and the last reason, and end with a call that works', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const reports = createCallReports(store.db, { warn() {} }, () => now);
    const client = clientOf([down, refused, null, null], reports('square'));
    const seen = () => findConnection(store.db, 'square');

    await expect(client.read('1')).rejects.toBe(down);
    await eventually(async () => expect(await seen()).toMatchObject({ lastError: { type: 'UnavailableError' } }));
    now += 60_000;
    await expect(client.read('1')).rejects.toBe(refused);
    await eventually(async () =>
      expect(await seen()).toMatchObject({
        failingSince: new Date('2026-01-01T00:00:00Z'),
        lastError: { type: 'AuthenticationError', message: 'Square rejects our credentials (401, read contact).' },
      }),
    );
    // Reads may work while each write is refused: the failure stays for a moment.
    await client.read('1');
    now += 60_000;
    await client.read('1');
    await eventually(async () => expect(await seen()).toMatchObject({ failingSince: null, lastError: null }));
  });

  it('that concern one record say nothing about the account, and other members stay as they are', async () => {
    const heard: string[] = [];
    const report = { failed: () => void heard.push('failed'), worked: () => void heard.push('worked') };
    const missing = new NotFoundError({ ...facts, message: 'Square has no such record (404, read contact).' });
    const client = clientOf([missing], report);
    await expect(client.read('1')).rejects.toBe(missing);
    expect([client.accountId, client.requestsPerSecond, client.changes, heard]).toEqual(['m', 5, undefined, []]);
  });
});
