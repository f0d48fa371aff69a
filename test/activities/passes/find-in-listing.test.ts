import { describe, expect, it } from '@jest/globals';
import { findInListing } from '#activities/passes/find-in-listing.ts';
import { gohighlevel } from '#providers/index.ts';
import type { ProviderClient } from '#providers/provider.ts';
import { gohighlevelSandbox } from '#sandbox/gohighlevel/index.ts';
import { noChange, noTokens } from '#test/providers/provider-contract.ts';
import { createSandboxControl } from '#test/providers/sandbox-control.ts';

it('finds people of GoHighLevel by its listing, whose rows lack names, with one call for all', async () => {
  const running = await gohighlevelSandbox.start({ settings: { searchLagMs: 0, rateLimitMax: 100_000 } });
  try {
    const sandbox = createSandboxControl(running.controlUrl);
    await sandbox.change({
      contacts: [
        { firstName: 'Ada', phone: '+12055550171', email: 'ada@example.com', additionalEmails: ['Ada.King@example.com'] },
      ],
    });
    const client = gohighlevel.connect({
      account: gohighlevel.accountSchema.parse({}),
      secrets: gohighlevel.secretsSchema.parse({
        ...{ GHL_BASE_URL: running.url, GHL_LOCATION_ID: 'Sbx0Location0Alpha01' },
        GHL_API_KEY: 'pit-00000000-0000-4000-8000-000000000001',
      }),
      ...{ tokens: noTokens, lists: [] },
    });
    const find = findInListing(client);
    const lookups = ['ada@example.com', 'ada.king@example.com', 'nobody@example.com'].map((email) => ({
      ...{ reference: null, phones: [], emails: [email] },
    }));
    const found = await Promise.all(lookups.map((lookup) => find(lookup, {})));
    expect(found.map((records) => records.map(({ values }) => values.givenName))).toEqual([['Ada'], ['Ada'], []]);
    const calls = await sandbox.requestsSince(0);
    expect(calls.filter(({ path }) => path.startsWith('/contacts/search'))).toHaveLength(1);
    expect(await client.create({ ...noChange, set: { givenName: 'Bea' } }, { reference: 'x' })).toMatchObject({
      outcome: 'created',
    });
  } finally {
    await running.close();
  }
});

describe('a listing is used again', () => {
  /** Counts the listings of an account whose list takes so long, as one person is sought every ten seconds for ten minutes. */
  async function countListings(listedInMs: number): Promise<number> {
    let now = 0;
    let listings = 0;
    const list: ProviderClient['list'] = async () => {
      listings += 1;
      now += listedInMs;
      return { records: [], unreadable: [], cursor: null, total: 0 };
    };
    const find = findInListing({ list } as ProviderClient, () => now);
    for (now = 0; now < 600_000; now += 10_000) await find({ reference: null, phones: [], emails: ['ada@example.com'] }, {});
    return listings;
  }

  it('for half a minute', async () => {
    expect(await countListings(0)).toBe(20);
  });

  it('for ten times as long as it took', async () => {
    expect(await countListings(10_000)).toBe(6);
  });

  it('for five minutes at most', async () => {
    expect(await countListings(60_000)).toBe(2);
  });
});
