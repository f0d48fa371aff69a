import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApiKey } from '#db/api-keys.ts';
import { createEndpoint } from '#db/delivery/endpoints.ts';
import { endpointSettings } from '#test/db/delivery/delivery-rows.ts';
import { control, recordsOf } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { type Member, members } from '#test/setup/hub.ts';
import { lastRequest, writesSince } from '#test/setup/passes.ts';
import { nextFamilyName, nextPhone } from '#test/setup/people.ts';
import { testEncryptionKey } from '#test/setup/provider-settings.ts';
import { type Receiver, startReceiver } from '#test/setup/receiver.ts';
import { type Installation, openInstallation } from './installation.ts';
import type { LoadedPerson } from './load.ts';
import { expectSettled, listWrong, untilQuiet } from './settled.ts';
import { findSystemPostgres, startSystemPostgres } from './system-postgres.ts';

const programs = findSystemPostgres();
if (!programs)
  console.warn('SKIPPED: no PostgreSQL with pg_dump, pg_restore and psql is installed (apt-get install postgresql).');
const run = promisify(execFile);

(programs ? describe : describe.skip)('a backup of an hour ago', () => {
  let postgres: Awaited<ReturnType<typeof startSystemPostgres>>;
  let installation: Installation;
  let receiver: Receiver;
  let key: string;
  beforeAll(async () => {
    postgres = await startSystemPostgres(String(programs));
    installation = await openInstallation({ databaseUrl: postgres.url });
    receiver = await startReceiver();
    await createEndpoint(installation.db, testEncryptionKey, { ...endpointSettings, url: receiver.url });
    ({ key } = await createApiKey(installation.db, { name: 'test', scopes: ['admin'] }));
    await start();
  }, 120_000);
  afterAll(async () => {
    await installation?.close();
    await receiver?.close();
    await postgres?.close();
  });

  const start = () => Promise.all([installation.apis[0].start(), installation.workers[0].start()]);
  const stop = () => Promise.all([installation.apis[0].stop(), installation.workers[0].stop()]);

  /** Runs a block of commands of docs/operating.md by a shell. Returns what they print. */
  async function runBlock(name: string, since = new Date()): Promise<string> {
    const block = new RegExp(`restore\\.test\\.ts: ${name}\\. -->\\n\`\`\`sh\\n([\\s\\S]*?)\`\`\``).exec(
      readFileSync('docs/operating.md', 'utf8'),
    )?.[1];
    expect(block).toBeDefined();
    const script = `set -eu\naccord() { ${process.execPath} ${process.cwd()}/src/cli/accord.ts --no-env-file "$@"; }\n${block}`;
    const env = {
      ...(await installation.envOf()),
      ...{ PATH: `${programs}${delimiter}${process.env.PATH}`, ACCORD_API_URL: installation.edge.url, ACCORD_API_KEY: key },
    };
    const { stdout } = await run('/bin/sh', ['-c', script.replace('2026-11-30T01:00:00Z', since.toISOString())], {
      cwd: postgres.directory,
      env,
    });
    return stdout;
  }

  async function create(home: Member, isLead = false): Promise<LoadedPerson> {
    const phone = nextPhone();
    const person = { givenName: 'Ada', familyName: nextFamilyName(), email: `person.${phone.slice(-6)}@example.com` };
    const edit = { ...person, phone, ...(isLead && { tags: ['cold lead'] }) };
    const { ids } = await control<{ ids: string[] }>(installation.sandboxes[home], 'POST', 'people', { people: [edit] });
    return { ...person, home, id: String(ids[0]), isLead };
  }

  async function rename(person: LoadedPerson, givenName: string): Promise<void> {
    await control(installation.sandboxes[person.home], 'POST', 'people', { people: [{ id: person.id, givenName }] });
    person.givenName = givenName;
  }

  const everywhere = (people: LoadedPerson[]) =>
    eventually(async () => expect(await listWrong(installation, people)).toEqual([]), 600_000);

  const eventsAbout = ({ email }: LoadedPerson) =>
    receiver.received.flatMap(({ body }) => {
      const event = JSON.parse(body.toString()) as { id: string; sequence: number; type: string; data: { email: string } };
      return event.data.email === email ? [event] : [];
    });

  it('is restored by the commands of docs/operating.md while vendors and Temporal went on: nobody twice, and drift is repaired', async () => {
    const [renamed, lead, undelivered] = [await create('gohighlevel'), await create('gohighlevel', true), await create('square')];
    const before = [renamed, lead, undelivered];
    await everywhere(before);
    await untilQuiet(installation);

    // The backup holds a delivery that is due, and is delivered after it.
    receiver.usually = 503;
    await rename(undelivered, 'Edith');
    await everywhere(before);
    const pending = () => installation.db.selectFrom('webhook_delivery').select('id').where('state', '=', 'pending').execute();
    await eventually(async () => expect(await pending()).toHaveLength(1));
    await runBlock('backup');
    const since = new Date();
    receiver.usually = 200;
    await eventually(async () => expect(await pending()).toEqual([]), 120_000);

    // Since the backup: edits, new people and leads, which Accord brings everywhere.
    await rename(renamed, 'Augusta');
    await rename(renamed, 'Annabella');
    const after = [
      await create('gohighlevel'),
      await create('square'),
      await create('google'),
      await create('gohighlevel', true),
    ];
    await everywhere([...before, ...after]);
    await untilQuiet(installation);
    // Its contact parks, so that Temporal has an open workflow of a contact that the backup lacks.
    const refusal = { method: 'POST', path: '/v2/customers', status: 400, body: { errors: [{ code: 'INVALID_EMAIL_ADDRESS' }] } };
    await control(installation.sandboxes.square, 'POST', 'faults', refusal);
    const parked = await create('gohighlevel');
    const parkedId = await eventually(async () => {
      const contact = await installation.db
        .selectFrom('contact')
        .innerJoin('link', 'link.contact_id', 'contact.id')
        .select('contact.id')
        .where('link.external_id', '=', String(parked.id))
        .where('contact.sync_status', '=', 'failed')
        .executeTakeFirstOrThrow();
      return contact.id;
    }, 60_000);
    await control(installation.sandboxes.square, 'DELETE', 'faults');
    const heard = Math.max(...eventsAbout(renamed).map(({ sequence }) => sequence));
    await stop();
    // The vendors go on while Accord is down.
    await rename(lead, 'Hedy');
    const whileDown = [await create('square'), await create('google')];
    const all = [...before, ...after, parked, ...whileDown];

    const told = await runBlock('restore', since);
    expect(told).toContain('accounts: only observed until accord go-live: calltools, gohighlevel, google, square');
    const from = members.map((member) => lastRequest(installation.sandboxes[member]));
    const written = () => members.flatMap((member, index) => writesSince(installation.sandboxes[member], Number(from[index])));
    await start();
    await eventually(async () => {
      try {
        await runBlock('go live');
      } catch (error) {
        // Refused until all records are known. Nothing is written until then.
        expect(written()).toEqual([]);
        throw error;
      }
    }, 600_000);
    await everywhere(all);
    await expectSettled(installation, all);
    for (const member of members) expect(await recordsOf(installation.sandboxes[member])).toHaveLength(all.length);

    // The delivery that the backup holds is sent again under its id, and later events of a contact have a higher `sequence`.
    const repeated = eventsAbout(undelivered).filter(({ type }) => type === 'lead_update');
    expect(new Set(repeated.map(({ id }) => id)).size).toBe(1);
    expect(repeated.length).toBeGreaterThan(1);
    await rename(renamed, 'Katherine');
    await eventually(
      () => expect(eventsAbout(renamed).at(-1)).toMatchObject({ data: { name: expect.stringContaining('Katherine') } }),
      60_000,
    );
    expect(eventsAbout(renamed).at(-1)?.sequence).toBeGreaterThan(heard + 1_000);

    // The workflow of a contact that the backup lacks ends by itself.
    const workflow = installation.temporal.workflow.getHandle(`contact/${parkedId}`);
    await workflow.signal('retryNow').catch(() => {});
    await eventually(async () => expect((await workflow.describe()).status.name).toBe('COMPLETED'), 60_000);
  }, 1_800_000);
});
