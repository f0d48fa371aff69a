import { describe, expect, it } from '@jest/globals';
import { type ContactFields, emptyFields, type Provenance } from '#domain/contact.ts';
import { type LeadChange, type LeadFilters, leadEvent, maxBodyBytes, testEventText } from '#domain/delivery/lead-event.ts';

const contactId = '0199c0de-0000-7000-8000-000000000001';
const at = new Date('2025-01-01T12:00:00Z');
const said: Provenance = { givenName: { provider: 'square', changedAt: '2024-12-01T00:00:00Z' } };

const john: ContactFields = {
  ...emptyFields,
  givenName: 'John',
  familyName: 'Doe',
  emails: [{ address: 'john@example.com', label: null }],
  phones: [{ e164: '+1234567890', extension: null, raw: '123-456-7890', label: null }],
  source: 'website',
};

function eventOf(
  after: Partial<ContactFields>,
  { before = john, ...change }: { before?: ContactFields } & Partial<LeadChange['after']> = {},
) {
  const fields = { ...john, ...after };
  const isNew = before === emptyFields;
  return leadEvent({
    ...{ contactId, revision: 7, at },
    before: { fields: before, provenance: isNew ? {} : said },
    after: { fields, isDeleted: false, ...change },
  });
}

function bodyOf(after: Partial<ContactFields>, { withPrevious = false, before = john } = {}) {
  return JSON.parse(eventOf(after, { before })?.toText('event-1', { withPrevious }) as string);
}

describe('a contact without provenance', () => {
  it('is a new lead, in the documented form', () => {
    expect(bodyOf({}, { before: emptyFields })).toEqual({
      id: 'event-1',
      event: 'new_lead',
      type: 'new_lead',
      timestamp: '2025-01-01T12:00:00.000Z',
      sequence: 7,
      data: { id: contactId, name: 'John Doe', email: 'john@example.com', phone: '+1234567890', source: 'website' },
    });
  });

  it('leaves out missing values, except name and email, which are null', () => {
    const nobody = { ...emptyFields, note: 'called, said nothing' };
    expect(bodyOf(nobody, { before: emptyFields }).data).toEqual({ id: contactId, name: null, email: null });
  });
});

describe('a change of a lead', () => {
  it('includes the job title', () => {
    const { data } = bodyOf({ jobTitle: 'Chief Analyst' }, { withPrevious: true });
    expect(data).toMatchObject({ changes: { job_title: 'Chief Analyst' }, previous: { job_title: null } });
  });

  it('carries the changed fields, and previous values only on request', () => {
    const change = { note: 'Called and left voicemail', tags: ['contacted'] };
    const { data } = bodyOf(change);
    expect(data).toEqual({
      ...{ id: contactId, name: 'John Doe', email: 'john@example.com', phone: '+1234567890', source: 'website' },
      changes: { notes: 'Called and left voicemail', tags: ['contacted'] },
    });
    expect(bodyOf(change, { withPrevious: true }).data).toEqual({ ...data, previous: { notes: null, tags: [] } });
  });

  const second = { address: 'jd@work.example', label: 'work' };
  const address = { street: '1 Main St', city: 'Austin', region: 'TX', postalCode: '78701', country: 'US', label: null };
  it.each<[string, Partial<ContactFields>, object]>([
    ['a name in parts as one name', { familyName: 'Roe' }, { name: 'John Roe' }],
    ['another email as the email', { emails: [second] }, { email: 'jd@work.example' }],
    ['an email more as all of them', { emails: [...john.emails, second] }, { emails: ['john@example.com', 'jd@work.example'] }],
    [
      'a first email put before the other as both',
      { emails: [second, ...john.emails] },
      { email: 'jd@work.example', emails: ['jd@work.example', 'john@example.com'] },
    ],
    ['an email taken away as null', { emails: [] }, { email: null }],
    [
      'a phone with its extension',
      { phones: [{ e164: '+1234567890', extension: '12', raw: '', label: null }] },
      { phone: '+1234567890;ext=12' },
    ],
    [
      'a phone that is no number as it was typed',
      { phones: [{ e164: null, extension: null, raw: 'call me', label: null }] },
      { phone: 'call me' },
    ],
    [
      'an address in simple names',
      { addresses: [address] },
      { address: { street: '1 Main St', city: 'Austin', region: 'TX', postal_code: '78701', country: 'US' } },
    ],
    [
      'a refusal by channel',
      { doNotContact: { call: true, sms: false, email: false } },
      { do_not_contact: { call: true, sms: false, email: false } },
    ],
    ['a birthday', { birthday: '--02-29' }, { birthday: '--02-29' }],
    ['a company', { company: 'Analytical Engines' }, { company: 'Analytical Engines' }],
    ['a source', { source: 'referral' }, { source: 'referral' }],
  ])('reports %s', (_name, after, changes) => {
    expect(bodyOf(after).data.changes).toEqual(changes);
  });

  it.each<[string, Partial<ContactFields>]>([
    ['nothing', {}],
    ['another label of an email', { emails: [{ address: 'john@example.com', label: 'home' }] }],
    ['a phone typed otherwise', { phones: [{ e164: '+1234567890', extension: null, raw: '(123) 456 7890', label: 'mobile' }] }],
    ['blank for absent', { note: '' }],
  ])('is no event when %s changed', (_name, after) => {
    expect(eventOf(after)).toBeNull();
  });

  it('joins all parts of a name', () => {
    expect(bodyOf({ middleName: 'Q.', nameSuffix: 'Jr.' }).data).toMatchObject({ changes: { name: 'John Q. Doe Jr.' } });
  });

  it('is no event when only a suffix moved to a field of its own', () => {
    const before = { ...john, familyName: 'Doe Jr.' };
    expect(eventOf({ familyName: 'Doe', nameSuffix: 'Jr.' }, { before })).toBeNull();
  });

  it('is no event when only the spelling of a tag changed', () => {
    expect(eventOf({ tags: ['vip'] }, { before: { ...john, tags: ['VIP'] } })).toBeNull();
  });

  it('is no event for a deleted lead', () => {
    expect(eventOf({ company: 'Acme' }, { isDeleted: true })).toBeNull();
  });

  it('names a value that is too large to send, and sends the others', () => {
    const text = eventOf({ note: 'é'.repeat(40_000), company: 'Acme' })?.toText('event-1', { withPrevious: true }) as string;
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxBodyBytes);
    expect(JSON.parse(text).data).toMatchObject({
      changes: { company: 'Acme' },
      previous: { company: null },
      omitted: ['notes'],
    });
    expect(JSON.parse(text).data.changes).not.toHaveProperty('notes');
  });

  it.each<[string, { before?: ContactFields }]>([
    ['new', { before: emptyFields }],
    ['known', {}],
  ])('stays within the maximum for a %s lead with a huge name', (_which, about) => {
    const long = '🦊'.repeat(20_000);
    const phones = [{ e164: null, extension: null, raw: '0'.repeat(70_000), label: null }];
    const text = eventOf({ givenName: long, source: long, phones }, about)?.toText('event-1', { withPrevious: true }) as string;
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxBodyBytes);
    const { data } = JSON.parse(text);
    expect(data.name).toBe(`${'🦊'.repeat(500)}…`);
    expect(data.phone).toBe(`${'0'.repeat(1_000)}…`);
  });
});

describe('an endpoint with filters', () => {
  const tagged = { tags: ['Cold  Lead'] };
  it.each<[string, LeadFilters | null, boolean]>([
    ['without any', null, true],
    ['with none set', {}, true],
    ['for a tag that the lead bears, in other spelling', { tags: ['vip', 'cold lead'] }, true],
    ['for a tag that it does not bear', { tags: ['vip'] }, false],
    ['for its source', { sources: ['Website'] }, true],
    ['for another source', { sources: ['fair'] }, false],
    ['for a field that changed', { changed: ['email', 'tags'] }, true],
    ['for a field that did not', { changed: ['email'] }, false],
    ['for all of it at once', { tags: ['cold lead'], sources: ['website'], changed: ['tags'] }, true],
    ['for two things of which one is not so', { tags: ['cold lead'], sources: ['fair'] }, false],
  ])('%s gets the matching events', (_name, filters, isWanted) => {
    expect(eventOf(tagged)?.isWanted(filters)).toBe(isWanted);
  });

  it('by changed field still gets new leads', () => {
    expect(eventOf({}, { before: emptyFields })?.isWanted({ changed: ['tags'] })).toBe(true);
  });
});

it('the test event has the envelope of every event and no personal data', () => {
  expect(JSON.parse(testEventText('event-2', at))).toEqual({
    ...{ id: 'event-2', event: 'webhook.test', type: 'webhook.test', timestamp: '2025-01-01T12:00:00.000Z', sequence: 0 },
    data: { message: expect.any(String) },
  });
});
