import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as errors from '#providers/errors.ts';
import { startBench } from '#test/providers/google/setup.ts';
import { e164, email, noChange, person } from '#test/providers/provider-contract.ts';

let bench: Awaited<ReturnType<typeof startBench>>;
beforeAll(async () => {
  bench = await startBench();
});
beforeEach(() => bench.sandbox.reset());
afterAll(() => bench.close());

/** Has unmapped values beside mapped ones. */
const rich = {
  names: [{ givenName: 'Ada', middleName: 'Byron', familyName: 'Lovelace', honorificPrefix: 'Dr.', phoneticGivenName: 'Ayda' }],
  nicknames: [{ value: 'Countess' }],
  emailAddresses: [
    { value: 'ada@example.com', type: 'home', displayName: 'Ada at home' },
    { value: 'not an address', type: 'Analytical desk' },
  ],
  phoneNumbers: [
    { value: '(205) 555-0143', type: 'mobile' },
    { value: '+12055550144', type: 'homeFax' },
  ],
  addresses: [
    { streetAddress: '12 Analytical Street', city: 'Birmingham', region: 'AL', type: 'work', formattedValue: 'The Works' },
  ],
  organizations: [
    { name: 'Difference Row', title: 'Translator' },
    { name: 'Engine Works', title: 'Analyst', department: 'Notes', current: true },
  ],
  birthdays: [{ date: { year: 1985, month: 12, day: 10 }, text: '10 December 1985' }],
  biographies: [{ value: 'Prefers mornings.', contentType: 'TEXT_PLAIN' }],
  userDefined: [{ key: 'shoe size', value: '38' }],
  externalIds: [{ value: '42', type: 'account' }],
  relations: [{ person: 'Charles', type: 'friend' }],
};

/** Returns the primary item of a field, and all items sorted: their order is irrelevant. */
function contentOf(items: Record<string, unknown>[] = []) {
  return items.map((item) => JSON.stringify(item)).sort();
}

describe('an update of Google', () => {
  it.each(['stored', 'reversed'])('changes nothing else, with items %s', async (itemOrder) => {
    const [name] = (await bench.people(rich)) as [string];
    await bench.sandbox.patchSettings({ itemOrder });
    const before = await bench.person(name);
    const client = bench.connect();
    const { values } = await client.read(name);
    const set = {
      familyName: 'King',
      company: 'Enchantress Ltd',
      emails: [...(values.emails ?? []), { address: 'king@example.com', label: 'work' }],
      phones: (values.phones ?? []).filter((phone) => phone.e164 !== '+12055550144'),
    };
    await client.update(name, { ...noChange, set }, { version: null });
    const after = await bench.person(name);
    const touched = ['etag', 'metadata', 'names', 'organizations', 'emailAddresses', 'phoneNumbers'];
    const untouched = (whole: object) => Object.fromEntries(Object.entries(whole).filter(([field]) => !touched.includes(field)));
    expect(untouched(after)).toEqual(untouched(before));
    expect(after.names?.[0]).toMatchObject({ ...rich.names[0], familyName: 'King' });
    expect(contentOf(after.emailAddresses)).toEqual(expect.arrayContaining(contentOf(before.emailAddresses)));
    expect(after.emailAddresses).toHaveLength(3);
    expect(after.phoneNumbers).toEqual((before.phoneNumbers ?? []).filter(({ value }) => value === '(205) 555-0143'));
    const [former] = (before.organizations ?? []).filter(({ current }) => !current);
    expect(after.organizations).toContainEqual(former);
    expect(after.organizations).toContainEqual(
      expect.objectContaining({ name: 'Enchantress Ltd', title: 'Analyst', department: 'Notes', current: true }),
    );
  });

  it('keeps our reference', async () => {
    const client = bench.connect();
    const { record } = await client.create({ ...noChange, set: person(1) }, { reference: 'ref-1' });
    const updated = await client.update(record.externalId, { ...noChange, set: { note: 'x' } }, { version: record.version });
    expect(updated.record).toMatchObject({ reference: 'ref-1', values: { note: 'x' } });
  });

  it('needs no read after our own write, and at most one before it', async () => {
    const client = bench.connect();
    const { record } = await client.create({ ...noChange, set: person(1) }, { reference: 'ref-1' });
    const { externalId } = record;
    let { version } = record;
    const write = async (familyName: string, by = client) => {
      version = (await by.update(externalId, { ...noChange, set: { familyName } }, { version })).record.version;
    };
    expect(await bench.requestsOf(() => write('King'))).toEqual([`PATCH /v1/${externalId}:updateContact`]);
    expect(await bench.requestsOf(() => write('Byron'))).toEqual([`PATCH /v1/${externalId}:updateContact`]);
    expect(await bench.requestsOf(() => write('Milbanke', bench.connect()))).toEqual([
      `GET /v1/${externalId}`,
      `PATCH /v1/${externalId}:updateContact`,
    ]);
  });

  it('is not built from a late read', async () => {
    const client = bench.connect();
    const { record } = await client.create({ ...noChange, set: person(1) }, { reference: 'ref-1' });
    const early = await bench.person(record.externalId);
    const add = { emails: [...(record.values.emails ?? []), { address: email(2), label: null }] };
    const { record: written } = await client.update(record.externalId, { ...noChange, set: add }, { version: record.version });
    // Another process reads the state before the email, as seen by integrators, and would write it back.
    await bench.sandbox.addFault({ method: 'GET', path: '/v1/people/*', status: 200, body: early, times: 1 });
    const drop = { ...noChange, set: { emails: [{ address: email(1), label: null }] } };
    const other = bench.connect();
    const refused = other.update(record.externalId, drop, { version: written.version });
    await expect(refused).rejects.toBeInstanceOf(errors.PreconditionFailedError);
    await other.update(record.externalId, drop, { version: written.version });
    expect((await client.read(record.externalId)).values.emails).toEqual(drop.set.emails);
  });

  it('is refused after a concurrent edit, and succeeds after a read', async () => {
    const client = bench.connect();
    const { record } = await client.create({ ...noChange, set: person(1) }, { reference: 'ref-1' });
    await bench.people({ resourceName: record.externalId, phoneNumbers: [{ value: e164(5) }] });
    const patch = { ...noChange, set: { familyName: 'King' } };
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const refused = client.update(record.externalId, patch, { version: record.version });
      await expect(refused).rejects.toBeInstanceOf(errors.PreconditionFailedError);
    }
    const { version } = await client.read(record.externalId);
    const { record: after } = await client.update(record.externalId, patch, { version });
    expect(after.values).toMatchObject({ familyName: 'King', phones: [{ e164: e164(5) }] });
  });

  it('can be retried unchanged when Google refuses a current version', async () => {
    const client = bench.connect();
    const { record } = await client.create({ ...noChange, set: person(1) }, { reference: 'ref-1' });
    await bench.sandbox.patchSettings({ spuriousMismatchRate: 1 });
    const write = () =>
      client.update(record.externalId, { ...noChange, set: { familyName: 'King' } }, { version: record.version });
    await expect(write()).rejects.toBeInstanceOf(errors.PreconditionFailedError);
    await bench.sandbox.patchSettings({ spuriousMismatchRate: 0 });
    expect((await write()).record.values.familyName).toBe('King');
  });

  it('succeeds when Google refuses versions from a listing', async () => {
    const [name] = (await bench.people(rich)) as [string];
    await bench.sandbox.patchSettings({ etagMode: 'listRejected' });
    const client = bench.connect();
    const [listed] = (await client.list({ cursor: null })).records;
    const patch = { ...noChange, set: { familyName: 'King' } };
    const refused = client.update(name, patch, { version: listed?.version ?? null });
    await expect(refused).rejects.toBeInstanceOf(errors.PreconditionFailedError);
    const { version } = await client.read(name);
    expect((await client.update(name, patch, { version })).record.values.familyName).toBe('King');
  });

  it('follows a renamed contact, and reports the old name', async () => {
    const [before] = (await bench.people(rich)) as [string];
    const { renamed } = (await bench.sandbox.change({ rename: [before] })) as { renamed: Record<string, string> };
    const client = bench.connect();
    const moved = { externalId: renamed[before], replaces: [before] };
    expect(await client.read(before)).toMatchObject(moved);
    expect(await client.readMany?.([before])).toMatchObject([moved]);
    const { record } = await client.update(before, { ...noChange, set: { familyName: 'King' } }, { version: null });
    expect(record).toMatchObject({ ...moved, values: { familyName: 'King' } });
  });

  it('waits for the write before it', async () => {
    await bench.sandbox.patchSettings({ mutationMs: 30 });
    const names = await bench.people(rich, rich, rich);
    const client = bench.connect();
    const writes = names.map((name) => client.update(name, { ...noChange, set: { familyName: 'King' } }, { version: null }));
    for (const { record } of await Promise.all(writes)) expect(record.values.familyName).toBe('King');
  });
});
