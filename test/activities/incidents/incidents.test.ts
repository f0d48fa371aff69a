import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IncidentDeps } from '#activities/deps.ts';
import { tellOperators } from '#activities/incidents/tell-operators.ts';
import { watchIncidents } from '#activities/incidents/watch-incidents.ts';
import { saveFailing, saveWorking } from '#db/connections/connections.ts';
import { saveLink } from '#db/contacts/links.ts';
import type { Database } from '#db/database.ts';
import { listDueDeliveries } from '#db/delivery/deliveries.ts';
import type { EndpointRow } from '#db/delivery/tables.ts';
import { addAccounts } from '#db/sync/account-modes.ts';
import { createAddressGuard } from '#delivery/address-guard.ts';
import { sendMail } from '#delivery/operators/mail.ts';
import { postToSlack } from '#delivery/operators/slack.ts';
import { operationalEventTypes } from '#domain/delivery/operational-event.ts';
import { newEndpoint } from '#test/db/delivery/delivery-rows.ts';
import { newContact, useDatabase } from '#test/db/test-database.ts';
import { startMailServer } from '#test/setup/mail-server.ts';
import { type Receiver, startReceiver } from '#test/setup/receiver.ts';

const database = useDatabase();
const second = useDatabase();
const accounts = ['square', 'square-west', 'calltools', 'gohighlevel'].map((id) => ({
  ...{ id, isPolled: false, hasWebhooks: id === 'gohighlevel', oauthAccountId: null },
}));
let mail: Awaited<ReturnType<typeof startMailServer>>;
let slack: Receiver;
let endpoint: EndpointRow;
/** Minutes since the test began. */
let minute = 0;
const begin = new Date();

beforeAll(async () => {
  [mail, slack] = [await startMailServer(), await startReceiver()];
  await addAccounts(
    database.db,
    accounts.map(({ id }) => id),
    'live',
  );
});
afterAll(async () => {
  await Promise.all([mail.stop(), slack.close()]);
});
beforeEach(async () => {
  minute += 10_000;
  mail.mails.length = 0;
  slack.received.length = 0;
  for (const table of ['incident', 'webhook_delivery', 'webhook_endpoint', 'inbox_event', 'link', 'connection'] as const)
    await database.db.deleteFrom(table).execute();
  endpoint = await newEndpoint(database.db, { events: [...operationalEventTypes] });
});

const deps = (db: Database = database.db) => ({ db, now: () => new Date(begin.getTime() + minute * 60_000) });
const guard = createAddressGuard({ allowPrivateCidrs: ['127.0.0.0/8'], requireHttps: false });

function settings(facts: Partial<IncidentDeps> = {}): IncidentDeps {
  const server = { url: mail.url, from: 'Example Dental <hello@example.com>', to: ['ops@example.com'] };
  return {
    ...{ accounts, rules: { unreachableMinutes: 30, silentHours: 48, driftPercent: 2 }, intervalMinutes: 15 },
    senders: {
      email: (message, key) => sendMail(server, message, key),
      slack: (message) => postToSlack({ url: slack.url, guard }, message),
    },
    ...{ workspace: null, link: 'https://accord.example/admin', ...facts },
  };
}

/** As the workflow does it, after so many minutes. */
async function run(after: number, of: IncidentDeps = settings(), db: Database = database.db): Promise<void> {
  minute += after;
  const { channels } = await watchIncidents(deps(db), of);
  for (const channel of channels) await tellOperators(deps(db), of, { channel });
}

async function park(count: number, provider = 'square', db: Database = database.db): Promise<string[]> {
  const error = { type: 'InvalidRequestError', operation: 'update', status: 422, traceId: null, permanent: true };
  const made = Array.from({ length: count }, async (_, index) => {
    const { linkId } = await newContact(db, { provider });
    const message = `Ada Lovelace ${index} is refused`;
    await saveLink(db, linkId, { last_error: { ...error, message, at: deps().now().toISOString() } });
    return linkId;
  });
  return Promise.all(made);
}

const mend = (links: readonly string[]) => Promise.all(links.map((id) => saveLink(database.db, id, { last_error: null })));
const refuse = (account: string) =>
  saveFailing(database.db, account, {
    type: 'AuthenticationError',
    message: 'The key was refused.',
    at: deps().now().toISOString(),
  });
const subjects = () => mail.mails.map(({ source }) => /^Subject: (.*(?:\n .*)*)/m.exec(source)?.[1]?.replaceAll(/\n /g, ' '));
const slackTexts = () => slack.received.map(({ body }) => (JSON.parse(String(body)) as { text: string }).text);
const eventTypes = async () =>
  (await listDueDeliveries(database.db, endpoint.id, 100)).map(({ body }) => (JSON.parse(String(body)) as { type: string }).type);

describe('twenty contacts that park with one cause', () => {
  it('are one email, one post and one event, with the remedy and without personal data', async () => {
    await park(20);
    await run(0);
    expect(mail.mails).toEqual([]);
    await run(1);
    await run(1);
    expect(subjects()).toEqual(['Accord: 20 records are out of step at square (InvalidRequestError).']);
    expect(mail.mails[0]).toMatchObject({
      to: 'ops@example.com',
      source: expect.stringContaining('accord retry --error InvalidRequestError --account square'),
    });
    expect(slackTexts()).toEqual([expect.stringContaining('• 20 records are out of step at square')]);
    const [delivery, ...more] = await listDueDeliveries(database.db, endpoint.id, 100);
    expect(more).toEqual([]);
    expect(JSON.parse(String(delivery?.body))).toMatchObject({
      ...{ event: 'sync.parked', type: 'sync.parked' },
      data: { account: 'square', reason: 'InvalidRequestError', records: 20, fix: expect.stringContaining('accord retry') },
    });
    const everything = [...mail.mails.map(({ source }) => source), ...slackTexts(), String(delivery?.body)].join();
    expect(everything).not.toContain('Ada');
  });

  it('are told of once more when it is over, and no more when it returns at once', async () => {
    const links = await park(20);
    await run(0);
    await run(1);
    await mend(links.slice(1));
    await run(20);
    await mend(links);
    await run(1);
    await run(1);
    const over = 'Accord: Over: 1 record is out of step at square (InvalidRequestError).';
    expect(subjects()).toEqual(['Accord: 20 records are out of step at square (InvalidRequestError).', over]);
    expect(slackTexts()[1]).toContain('• Over: 1 record');
    expect(await eventTypes()).toEqual(['sync.parked', 'sync.recovered']);
    // Within the interval since that message.
    await park(1);
    await run(2);
    await run(2);
    expect(subjects()).toHaveLength(2);
    await run(15);
    expect(subjects()).toHaveLength(3);
    expect(await eventTypes()).toEqual(['sync.parked', 'sync.recovered', 'sync.parked']);
  });
});

describe('several accounts', () => {
  it('are told of in one message, each with its own cause, and recover on their own', async () => {
    const west = await park(3, 'square-west');
    await park(2, 'calltools');
    await refuse('square');
    await run(0);
    await run(1);
    expect(subjects()).toEqual(['Accord: 3 problems']);
    const { source = '' } = mail.mails[0] ?? {};
    for (const part of [
      '3 records are out of step at square-west',
      '2 records are out of step at calltools',
      'square refuses our credentials: The key was refused.',
      'accord connect square.',
    ])
      expect(source).toContain(part);
    await saveWorking(database.db, 'square');
    await run(20);
    await mend(west);
    await run(20);
    expect(subjects().slice(1)).toEqual([
      'Accord: Over: square refuses our credentials: The key was refused.',
      'Accord: Over: 3 records are out of step at square-west (InvalidRequestError).',
    ]);
  });

  it('that are disconnected are forgotten, and nobody is told that they are well', async () => {
    await refuse('square');
    await run(0);
    await run(1);
    // A worker whose environment does not have the account.
    await run(20, settings({ accounts: accounts.slice(1) }));
    expect(await database.db.selectFrom('incident').select('over_at').execute()).toEqual([{ over_at: null }]);
    await database.db.updateTable('connection').set({ revision: 1 }).execute();
    await run(20, settings({ accounts: accounts.slice(1) }));
    expect(subjects()).toHaveLength(1);
    expect(await database.db.selectFrom('incident').select('cause').execute()).toEqual([]);
  });
});

it('each workspace tells of its own accounts, with its name', async () => {
  await addAccounts(second.db, ['square'], 'live');
  await park(1, 'square', second.db);
  const acme = settings({ workspace: 'acme', link: 'https://accord.example/w/acme/admin' });
  for (const after of [0, 1]) {
    await run(after);
    await run(0, acme, second.db);
  }
  expect(subjects()).toEqual(['Accord (acme): 1 record is out of step at square (InvalidRequestError).']);
  expect(mail.mails[0]?.source).toContain('https://accord.example/w/acme/admin');
});

it('webhooks that used to arrive and do not any more make a silent provider', async () => {
  // An id of three days before.
  const old = new Date(begin.getTime() + (minute - 3 * 1_440) * 60_000);
  const id = `${old
    .getTime()
    .toString(16)
    .padStart(12, '0')
    .replace(/^(.{8})/, '$1-')}${randomUUIDv7().slice(13)}`;
  await newContact(database.db, { provider: 'gohighlevel', receivedAt: old });
  await database.db.updateTable('inbox_event').set({ id }).execute();
  await run(0);
  expect(subjects()).toEqual([
    'Accord: No webhook of gohighlevel has arrived for 48 hours: changes are found by the nightly pass.',
  ]);
  expect(await eventTypes()).toEqual(['provider.silent']);
});

describe('a message', () => {
  it('that the mail server does not take is sent later, and does not hold up the other channel', async () => {
    await refuse('square');
    await run(0);
    mail.refused.set('ops@example.com', 451);
    minute += 1;
    const { channels } = await watchIncidents(deps(), settings());
    expect(channels).toEqual(['email', 'slack']);
    await expect(tellOperators(deps(), settings(), { channel: 'email' })).rejects.toThrow(/451 after RCPT TO.*SMTP_URL/);
    await tellOperators(deps(), settings(), { channel: 'slack' });
    expect(slack.received).toHaveLength(1);
    mail.refused.clear();
    await run(1);
    expect([subjects().length, slack.received.length]).toEqual([1, 1]);
  });

  it('is sent again, under the same id, by a worker that died before it stored that; a restart repeats nothing', async () => {
    await refuse('square');
    await run(0);
    minute += 1;
    await watchIncidents(deps(), settings());
    const dying = settings();
    const killed = {
      ...dying,
      senders: {
        email: async (...message: Parameters<NonNullable<typeof dying.senders.email>>) => {
          await dying.senders.email?.(...message);
          throw new Error('killed');
        },
      },
    };
    await expect(tellOperators(deps(), killed, { channel: 'email' })).rejects.toThrow('killed');
    await run(1);
    await run(0);
    const ids = mail.mails.map(({ source }) => /^Message-ID: (.*)$/m.exec(source)?.[1]);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(await eventTypes()).toEqual(['provider.credentials_failed']);
  });

  it('is not posted to an address that endpoints may not have', async () => {
    await refuse('square');
    await run(0);
    minute += 1;
    const strict = { url: slack.url, guard: createAddressGuard() };
    const guarded = settings({ senders: { slack: (message) => postToSlack(strict, message) } });
    await watchIncidents(deps(), guarded);
    await expect(tellOperators(deps(), guarded, { channel: 'slack' })).rejects.toThrow(/did not take the message: .*https/);
    expect(slack.received).toEqual([]);
  });
});
