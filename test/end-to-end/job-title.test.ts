import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createApiKey } from '#db/api-keys.ts';
import { findContact } from '#db/contacts/contacts.ts';
import { type Accord, changeInGhl, changeInGoogle, changeInSquare, control, recordsOf, startAccord } from '#test/setup/accord.ts';
import { eventuallyPolled, syncedPerson, untilIdle } from '#test/setup/hub.ts';
import { pollNow } from '#test/setup/polls.ts';

const jobTitleField = 'Field0JobTitle000001';
const membership = 'extras.membership';
const memberField = { id: 'Field0Membership0001', name: 'Membership', fieldKey: 'contact.membership' };
const memberAttribute = {
  ...{ key: 'membership', name: 'Membership', description: 'Level', visibility: 'VISIBILITY_READ_WRITE_VALUES' },
  schema: { $ref: 'https://developer-production-s.squarecdn.com/schemas/v1/common.json#squareup.common.String' },
};

let accord: Accord;
beforeAll(async () => {
  const providers = ['gohighlevel', 'calltools', 'square', 'google'];
  accord = await startAccord({
    ...{ providers, gohighlevelAccount: { jobTitleField } },
    customFields: {
      gohighlevel: { [membership]: 'contact.membership' },
      square: { [membership]: 'membership' },
      google: { [membership]: 'Membership' },
    },
  });
  // A pass lists by search, here right after a value was entered.
  await control(accord.sandboxes.gohighlevel, 'PATCH', 'settings', { searchLagMs: 0 });
  const customFields = [{ id: jobTitleField, name: 'Job title' }, memberField];
  await control(accord.sandboxes.gohighlevel, 'POST', 'records', { customFields });
  await control(accord.sandboxes.square, 'POST', 'records', { custom_attribute_definitions: [memberAttribute] });
  await pollNow(accord, 'google');
});
afterAll(() => accord.close());

const edit = (title: string, resourceName: string) =>
  changeInGoogle(accord.sandboxes, { resourceName, organizations: [{ title, department: 'Notes', current: true }] });

async function titleInGhl(id: string): Promise<unknown> {
  const contacts = await recordsOf<{ id: string; customFields: { id: string; value: unknown }[] }>(accord.sandboxes.gohighlevel);
  return contacts.find((contact) => contact.id === id)?.customFields.find((field) => field.id === jobTitleField)?.value;
}

async function jobsInGoogle(name: string): Promise<unknown> {
  const people = await recordsOf<{ resourceName: string; organizations?: object[] }>(accord.sandboxes.google);
  return people.find(({ resourceName }) => resourceName === name)?.organizations;
}

it('syncs a job title from Google to a custom field of GoHighLevel and back', async () => {
  const { ids } = await syncedPerson(accord);
  await edit('Analyst', ids.google);
  await eventuallyPolled(accord, async () => expect(await titleInGhl(ids.gohighlevel)).toBe('Analyst'));

  const customFields = [{ id: jobTitleField, field_value: 'Chief Analyst' }];
  await changeInGhl(accord.sandboxes, { id: ids.gohighlevel, customFields });
  const expected = [expect.objectContaining({ title: 'Chief Analyst', department: 'Notes' })];
  await eventuallyPolled(accord, async () => expect(await jobsInGoogle(ids.google)).toEqual(expected));
});

it('reads rows from before the field without a backfill, and syncs its first value', async () => {
  const { ids } = await syncedPerson(accord);
  await untilIdle(accord, ids.gohighlevel);
  const contactId = await accord.contactIdOf(ids.google);
  await accord.db.updateTable('contact').set({ fields: sql`fields - 'jobTitle'` }).where('id', '=', contactId).execute();
  await accord.db.updateTable('link').set({ shadow: sql`shadow - 'jobTitle'` }).where('contact_id', '=', contactId).execute();
  expect((await findContact(accord.db, contactId))?.fields.jobTitle).toBeNull();

  await edit('Analyst', ids.google);
  await eventuallyPolled(accord, async () => expect(await titleInGhl(ids.gohighlevel)).toBe('Analyst'));
});

/** Calls the operations below a path with a key of its own. */
async function callerOf(root: string) {
  const { key } = await createApiKey(accord.db, { name: 'extras', scopes: ['sync:read', 'sync:write'] });
  return async (method: string, path: string) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const body = method === 'POST' ? { body: '{}' } : {};
    const response = await fetch(accord.api.url + root + path, { method, headers, ...body });
    expect(response.ok).toBe(true);
    const { data } = (await response.json()) as { data: { entries: { id: string; after: unknown }[] } };
    return data;
  };
}

describe('an extra', () => {
  const inGhl = async (id: string, fieldId = memberField.id) => {
    const contacts = await recordsOf<{ id: string; customFields: { id: string; value: unknown }[] }>(
      accord.sandboxes.gohighlevel,
    );
    return contacts.find((contact) => contact.id === id)?.customFields.find((field) => field.id === fieldId)?.value ?? null;
  };
  const inSquare = async (id: string) => {
    const { custom_attributes: held } = await control<{ custom_attributes: Record<string, { key: string; value: unknown }[]> }>(
      accord.sandboxes.square,
      'GET',
      'records',
    );
    return held[id]?.find(({ key }) => key === memberAttribute.key)?.value ?? null;
  };
  const inGoogle = async (name: string) => {
    const people = await recordsOf<{ resourceName: string; userDefined?: { key: string; value: string }[] }>(
      accord.sandboxes.google,
    );
    const labels = people.find(({ resourceName }) => resourceName === name)?.userDefined ?? [];
    return labels.find(({ key }) => key === 'Membership')?.value ?? null;
  };
  const everywhere = async (ids: Record<string, string>) => [
    await inGhl(ids.gohighlevel ?? ''),
    await inSquare(ids.square ?? ''),
    await inGoogle(ids.google ?? ''),
  ];
  const untilEverywhere = (ids: Record<string, string>, value: string | null) =>
    eventuallyPolled(accord, async () => expect(await everywhere(ids)).toEqual([value, value, value]));
  const setInGhl = (id: string, field_value: string) =>
    changeInGhl(accord.sandboxes, { id, customFields: [{ id: memberField.id, field_value }] });
  const setInGoogle = (resourceName: string, value: string) =>
    changeInGoogle(accord.sandboxes, {
      resourceName,
      userDefined: [
        { key: 'Membership', value },
        { key: 'Size', value: '42' },
      ],
    });

  it('goes from GoHighLevel to Square and Google and back, with its origin, history and undo', async () => {
    const { ids } = await syncedPerson(accord);
    await setInGhl(ids.gohighlevel, 'Gold');
    await untilEverywhere(ids, 'Gold');
    await changeInSquare(accord.sandboxes, { id: ids.square, custom_attributes: { membership: 'Silver' } });
    await untilEverywhere(ids, 'Silver');

    const contactId = await accord.contactIdOf(ids.square);
    const call = await callerOf(`/api/v1/contacts/${contactId}`);
    const contact = await call('GET', '');
    expect(contact).toMatchObject({
      fields: { extras: { membership: 'Silver' } },
      origins: { [membership]: { provider: 'square' } },
      comparison: expect.arrayContaining([
        { field: membership, value: 'Silver', records: expect.arrayContaining([expect.objectContaining({ value: 'Silver' })]) },
      ]),
    });
    const { entries } = await call('GET', `/history?field=${membership}`);
    const change = entries.find(({ after }) => after === 'Silver');
    expect(change).toMatchObject({ field: membership, before: 'Gold', provider: 'square' });
    await call('POST', `/history/${change?.id}/undo`);
    await untilEverywhere(ids, 'Gold');

    await setInGoogle(ids.google, 'Bronze');
    await untilEverywhere(ids, 'Bronze');
    const people = await recordsOf<{ resourceName: string; userDefined?: object[] }>(accord.sandboxes.google);
    expect(people.find(({ resourceName }) => resourceName === ids.google)?.userDefined).toContainEqual(
      expect.objectContaining({ key: 'Size', value: '42' }),
    );
  });

  it('is given to existing contacts, shown, imported and exported by the commands of docs/operating.md', async () => {
    const { ids, email } = await syncedPerson(accord);
    await untilIdle(accord, ids.gohighlevel);
    // The vendor has a value that no webhook told of: that of a field which accord.yaml names only now.
    const customFields = [{ id: memberField.id, field_value: 'Gold' }];
    await control(accord.sandboxes.gohighlevel, 'POST', 'records', {
      contacts: [{ id: ids.gohighlevel, customFields }],
      webhooks: false,
    });
    const folder = mkdtempSync(join(tmpdir(), 'accord-'));
    writeFileSync(join(folder, 'members.csv'), 'Mail,Level\nmembers@example.com,Silver\n');
    writeFileSync(join(folder, 'members.yaml'), 'columns: { Mail: email, Level: extras.membership }\n');
    const { key } = await createApiKey(accord.db, { name: 'commands', scopes: ['admin'] });
    const env = { ...process.env, ACCORD_API_URL: accord.api.url, ACCORD_API_KEY: key };
    const run = async (line: string) => {
      const args = line.replace(/ +#.*/, '').replace('ada@example.com', email).split(' ').slice(1);
      const command = [resolve('src/cli/accord.ts'), '--no-env-file', ...args];
      // The doctor of this machine finds no .env, and says so by its exit code.
      return promisify(execFile)(process.execPath, command, { env, cwd: folder }).catch((error) => {
        if (args[0] === 'doctor') return { stdout: error.stdout as string };
        throw error;
      });
    };
    const [, block = ''] =
      /test\/end-to-end\/job-title\.test\.ts\. -->\n```sh\n([\s\S]*?)```/.exec(readFileSync('docs/operating.md', 'utf8')) ?? [];
    const outputs: string[] = [];
    for (const line of block.trim().split('\n')) {
      outputs.push((await run(line)).stdout);
      if (line.includes('passes start')) await untilEverywhere(ids, 'Gold');
    }
    expect(outputs.map((output) => output.length > 0)).toEqual([true, true, true, true, true, true, false]);
    expect(outputs[2]).toMatch(/membership.*Gold/);
    const file = readFileSync(join(folder, 'contacts.csv'), 'utf8');
    expect(file).toMatch(/^Accord ID,.*,extras\.membership\r\n/);
    for (const known of [
      [email, 'Gold'],
      ['members@example.com', 'Silver'],
    ])
      expect(file.split('\r\n').find((line) => line.includes(known[0] as string))).toMatch(new RegExp(`,${known[1]}$`));
  }, 120_000);

  it('survives the deletion of its custom field, which stops no other write, and is written to a new one', async () => {
    const { ids } = await syncedPerson(accord);
    await setInGhl(ids.gohighlevel, 'Gold');
    await untilEverywhere(ids, 'Gold');

    const change = (body: object) => control(accord.sandboxes.gohighlevel, 'POST', 'records', body);
    await change({ deleteCustomFields: [memberField.id] });
    // GoHighLevel tells of a change of another field: the contact comes without a value.
    await changeInGhl(accord.sandboxes, { id: ids.gohighlevel, lastName: 'King' });
    await setInGoogle(ids.google, 'Silver');
    await eventuallyPolled(accord, async () =>
      expect([await inSquare(ids.square), await inGhl(ids.gohighlevel)]).toEqual(['Silver', null]),
    );
    await untilIdle(accord, ids.gohighlevel);
    expect(await accord.clients.gohighlevel.findMissingFields?.()).toMatchObject([
      { setting: 'extras.membership.gohighlevel', field: 'contact.membership' },
    ]);

    const renewed = 'Field0Membership0002';
    await change({ customFields: [{ ...memberField, id: renewed }] });
    await changeInGhl(accord.sandboxes, { id: ids.gohighlevel, lastName: 'Byron' });
    await eventuallyPolled(accord, async () => expect(await inGhl(ids.gohighlevel, renewed)).toBe('Silver'));
    expect([await inSquare(ids.square), await inGoogle(ids.google)]).toEqual(['Silver', 'Silver']);
  });
});
