import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mask, startHarness } from './harness.ts';

const google = await startHarness();
const { api, create, get, people, remove, set, update } = google;

beforeEach(() => google.reset());
afterAll(() => google.close());

const ada = {
  names: [{ givenName: 'Ada', familyName: 'Lovelace' }],
  phoneNumbers: [{ value: '(202) 555-0143', type: 'mobile' }, { value: '+44 20 7946 0958' }],
};

describe('a person', () => {
  it('live captures: has a source, etags, a time with microseconds, and an id that exceeds a JavaScript number', async () => {
    const person = await create(ada);
    const [, digits = ''] = /^people\/c(\d+)$/.exec(person.resourceName) ?? [];
    const id = BigInt(digits).toString(16);
    expect(Number.isSafeInteger(Number(digits))).toBe(false);
    expect(person.etag).toMatch(/^%[\w+/]+=*$/);
    expect(person.metadata).toEqual({
      sources: [
        {
          ...{ type: 'CONTACT', id, etag: expect.stringMatching(/^#[\w+/]{11}=$/) },
          updateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
        },
      ],
      objectType: 'PERSON',
    });
    expect(person.names).toEqual([
      {
        metadata: { primary: true, sourcePrimary: true, source: { type: 'CONTACT', id } },
        ...{ givenName: 'Ada', familyName: 'Lovelace', displayName: 'Ada Lovelace' },
        ...{ displayNameLastFirst: 'Lovelace, Ada', unstructuredName: 'Ada Lovelace' },
      },
    ]);
  });

  it('Google docs: one item of each field is primary; live captures: no membership is', async () => {
    const { phoneNumbers, memberships } = await create(ada);
    expect(phoneNumbers.map(({ metadata }: { metadata: object }) => 'primary' in metadata)).toEqual([true, false]);
    expect(memberships[0].metadata).toEqual({ source: expect.any(Object) });
  });

  it('Google docs: the order of items is not guaranteed', async () => {
    set({ itemOrder: 'reversed' });
    const { phoneNumbers } = await create(ada);
    expect(phoneNumbers[0].value).toBe('+44 20 7946 0958');
    expect(phoneNumbers[1].metadata.primary).toBe(true);
  });

  it.each([
    ['(202) 555-0143', '+12025550143'],
    ['+44 20 7946 0958', '+442079460958'],
    ['ask for Ada', undefined],
  ])('Google docs: keeps a phone as it was sent, beside its canonical form: %s', async (value, canonicalForm) => {
    const [phone] = (await create({ phoneNumbers: [{ value }] })).phoneNumbers;
    expect([phone.value, phone.canonicalForm]).toEqual([value, canonicalForm]);
  });

  it.each([
    ['mobile', 'Mobile'],
    ['workFax', 'Work Fax'],
    ['Her boat', 'Her boat'],
  ])('Google docs (formattedType): a label of type %s is shown as %s', async (type, formattedType) => {
    expect((await create({ phoneNumbers: [{ value: '1', type }] })).phoneNumbers[0]).toMatchObject({ type, formattedType });
  });

  it('Google docs: builds the formatted address unless the user wrote one', async () => {
    const parts = { streetAddress: '1 Main St', city: 'Springfield', region: 'IL', postalCode: '62701', country: 'USA' };
    const { addresses } = await create({ addresses: [parts, { ...parts, formattedValue: 'Elsewhere' }] });
    const [built, written] = addresses.map(({ formattedValue }: { formattedValue: string }) => formattedValue);
    expect(built).toBe('1 Main St\nSpringfield, IL 62701\nUSA');
    expect(written).toBe('Elsewhere');
  });

  it('splits an unstructured name: the place of the split is a guess', async () => {
    const [name] = (await create({ names: [{ unstructuredName: 'Ada King Lovelace' }] })).names;
    expect(name).toMatchObject({ givenName: 'Ada King', familyName: 'Lovelace', displayName: 'Ada King Lovelace' });
  });

  it('Google docs: a birthday may lack its year, which is sent as 0 and omitted in answers', async () => {
    const { birthdays } = await create({ birthdays: [{ date: { year: 0, month: 12, day: 10 } }] });
    expect(birthdays[0].date).toEqual({ month: 12, day: 10 });
  });

  it('keeps 4-byte and right-to-left text, and clientData with the same key twice (Google docs)', async () => {
    const clientData = [
      { key: 'hub_id', value: 'a' },
      { key: 'hub_id', value: 'b' },
    ];
    const person = await create({ names: [{ givenName: '𝒜𝒹𝒶 😀' }], biographies: [{ value: 'שלום مرحبا' }], clientData });
    expect(person).toMatchObject({ names: [{ givenName: '𝒜𝒹𝒶 😀' }], biographies: [{ value: 'שלום مرحبا' }], clientData });
  });
});

describe('reading', () => {
  it('Google docs: returns the fields of the mask, always with resource name and etag', async () => {
    const { resourceName } = await create(ada);
    expect(Object.keys(await get(resourceName, 'phoneNumbers,birthdays'))).toEqual(['resourceName', 'etag', 'phoneNumbers']);
  });

  it('integrators report (google-api-javascript-client issue 356): 400 for an invalid resource name', async () => {
    const { error } = await get('people/not-one');
    expect(error.message).toBe('Resource name "people/not-one" is not a valid contact person resource.');
  });

  it('integrators report: an unknown or deleted contact is not found, nor is it by a second delete', async () => {
    const { resourceName } = await create(ada);
    expect(await remove(resourceName)).toMatchObject({ status: 200, json: {} });
    const gone = { code: 404, message: 'Requested entity was not found.', status: 'NOT_FOUND' };
    for (const answer of [await get(resourceName), (await remove(resourceName)).json, await get('people/c1')]) {
      expect(answer).toEqual({ error: gone });
    }
  });
});

describe('creating', () => {
  it('Google docs: returns all fields without a mask, and those of the mask with one', async () => {
    expect(Object.keys(await create(ada))).toEqual(expect.arrayContaining(['metadata', 'names', 'phoneNumbers', 'memberships']));
    const answer = await api('POST', 'people:createContact?personFields=names', ada);
    expect(Object.keys(answer.json)).toEqual(['resourceName', 'etag', 'names']);
  });

  it('Google docs: a repeated create makes a second contact', async () => {
    const both = [await create(ada), await create(ada)];
    expect(new Set(both.map(({ resourceName }) => resourceName)).size).toBe(2);
  });

  it('integrators report: a contact without a group is in My Contacts', async () => {
    expect((await create({})).memberships).toMatchObject([
      { contactGroupMembership: { contactGroupId: 'myContacts', contactGroupResourceName: 'contactGroups/myContacts' } },
    ]);
  });

  it.each(['names', 'birthdays', 'biographies', 'genders'])('Google docs: refuses two %s', async (field) => {
    const [one, two] = field === 'birthdays' ? [{ date: { day: 1 } }, { date: { day: 2 } }] : [{ value: 'a' }, { value: 'b' }];
    const items = field === 'names' ? [{ givenName: 'a' }, { givenName: 'b' }] : [one, two];
    // The message: google-contacts-sync issue 2.
    expect((await create({ [field]: items })).error).toMatchObject({
      ...{ code: 400, status: 'INVALID_ARGUMENT' },
      message: `Cannot have more than one person.${field} per source.`,
    });
  });

  it('Google Contacts help: 1,024 characters per field except notes, 500 fields, 128 KB', async () => {
    const long = 'x'.repeat(1_025);
    expect((await create({ biographies: [{ value: 'x'.repeat(64 * 1_024) }] })).resourceName).toBeDefined();
    expect((await create({ names: [{ givenName: long }] })).error.code).toBe(400);
    expect((await create({ biographies: [{ value: 'x'.repeat(129 * 1_024) }] })).error.code).toBe(400);
    const urls = Array.from({ length: 501 }, (_, index) => ({ value: `https://example.com/${index}` }));
    expect((await create({ urls })).error.code).toBe(400);
  });

  it('integrators report the message for a full address book; Google Contacts help: 25,000', async () => {
    expect(google.sandbox.settings.current.contactLimit).toBe(25_000);
    set({ contactLimit: 0 });
    expect((await create(ada)).error.message).toBe('MY_CONTACTS_OVERFLOW_COUNT');
  });
});

describe('updating', () => {
  it('Google docs: replaces the fields of the mask as a whole and leaves all others alone', async () => {
    const before = await create({ ...ada, urls: [{ value: 'https://example.com' }], relations: [{ person: 'Byron' }] });
    const phoneNumbers = [{ value: '+12025550199' }];
    const sent = { etag: before.etag, phoneNumbers, names: [{ givenName: 'Ignored' }], urls: [] };
    const { status, json: after } = await update(before.resourceName, 'phoneNumbers', sent);
    expect(status).toBe(200);
    expect(after.phoneNumbers).toMatchObject([{ value: '+12025550199' }]);
    for (const field of ['names', 'urls', 'relations']) expect(after[field]).toEqual(before[field]);
  });

  it('Google docs: clears a field that is in the mask and not in the body', async () => {
    const { etag, resourceName } = await create(ada);
    expect((await update(resourceName, 'phoneNumbers', { etag })).json).not.toHaveProperty('phoneNumbers');
  });

  it('accepts a person as it was read, and changes only the etag', async () => {
    const before = await create({ ...ada, organizations: [{ name: 'Engines', title: 'Countess' }] });
    const { json: after } = await update(before.resourceName, 'names,phoneNumbers,organizations,memberships', before);
    expect(after.etag).not.toBe(before.etag);
    for (const field of ['names', 'phoneNumbers', 'organizations', 'memberships']) expect(after[field]).toEqual(before[field]);
  });

  it('Google docs: replaces a name as a whole, its prefix and suffix too', async () => {
    const names = [
      { honorificPrefix: 'Dr.', givenName: 'Ada', middleName: 'King', familyName: 'Lovelace', honorificSuffix: 'Jr.' },
    ];
    const person = await create({ names });
    expect(person.names).toMatchObject([{ ...names[0], displayName: 'Dr. Ada King Lovelace Jr.' }]);
    const sent = { etag: person.etag, names: [{ givenName: 'Ada', familyName: 'Lovelace' }] };
    const { json } = await update(person.resourceName, 'names', sent);
    expect(json.names[0]).toMatchObject({ givenName: 'Ada', displayName: 'Ada Lovelace' });
    for (const key of ['honorificPrefix', 'middleName', 'honorificSuffix']) expect(json.names[0]).not.toHaveProperty(key);
  });

  it('prefers the parts of a name to the unstructured name that was sent back: an assumption', async () => {
    const { etag, names, resourceName } = await create(ada);
    const { json } = await update(resourceName, 'names', { etag, names: [{ ...names[0], givenName: 'Augusta' }] });
    expect(json.names[0]).toMatchObject({ displayName: 'Augusta Lovelace', unstructuredName: 'Augusta Lovelace' });
  });

  it('Google docs: memberships in the mask need a group in the body, one that can gain members', async () => {
    const { etag, resourceName } = await create(ada);
    const to = (contactGroupResourceName: string) => ({
      etag,
      memberships: [{ contactGroupMembership: { contactGroupResourceName } }],
    });
    for (const body of [{ etag }, to('contactGroups/nowhere'), to('contactGroups/friends')]) {
      expect((await update(resourceName, 'memberships', body)).status).toBe(400);
    }
    expect((await update(resourceName, 'memberships', to('contactGroups/starred'))).status).toBe(200);
  });

  it('Google docs: refuses a second name, and everything that a create refuses', async () => {
    const { etag, resourceName } = await create(ada);
    for (const names of [[{ givenName: 'a' }, { givenName: 'b' }], [{ givenName: 'x'.repeat(1_025) }]]) {
      expect((await update(resourceName, 'names', { etag, names })).json.error).toMatchObject({ code: 400 });
    }
    expect((await get(resourceName, 'names')).names).toHaveLength(1);
  });

  it('changes updateTime', async () => {
    const before = await create(ada);
    google.advance(60_000);
    await people({ people: [{ resourceName: before.resourceName, nicknames: [{ value: 'Countess' }] }] });
    const [was, is] = [before, await get(before.resourceName, mask)].map(({ metadata }) => metadata.sources[0].updateTime);
    expect(Date.parse(is) - Date.parse(was)).toBeGreaterThanOrEqual(60_000);
  });
});
