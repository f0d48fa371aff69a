import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApiKey } from '#db/api-keys.ts';
import { findContact } from '#db/contacts/contacts.ts';
import { type Accord, control, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { createRefuser, edit, findPeople } from '#test/setup/hub.ts';
import { inDialer, nextPhone } from '#test/setup/people.ts';
import { formOrigin } from '#test/setup/provider-settings.ts';
import { type Receiver, startReceiver } from '#test/setup/receiver.ts';
import { apiClient } from '#test/setup/webhook-subscriber.ts';

const fields = [
  { name: 'name', label: 'Name', required: true, mapsTo: 'fullName' },
  { name: 'email', label: 'Email address', type: 'email', mapsTo: 'email' },
  { name: 'phone', label: 'Phone number', type: 'tel', mapsTo: 'phone' },
  { name: 'company', label: 'Company', mapsTo: 'company' },
  { name: 'message', label: 'How can we help?', type: 'textarea', mapsTo: 'message' },
  { name: 'leave-me', label: 'Leave me alone', type: 'checkbox', doNotContact: ['call', 'sms', 'email'] },
  { name: 'consent', label: 'Calls', type: 'checkbox', consent: { grants: ['call', 'sms'], text: 'You may call me.' } },
];
const common = { allowedOrigins: [formOrigin], rateLimit: { submissions: 1_000, minutes: 1 }, fields };
const forms = {
  contact: { ...common, title: 'Contact us', tags: ['web lead'] },
  members: { ...common, title: 'Members', trust: 'full', phones: { prefer: 'newest' } },
};

interface Details {
  contactName: string | null;
  consents: { field: string; words: string; channels: string[] }[];
  merged: { historyId: string; field: string }[];
  id: string;
  contactId: string;
  state: string;
  message: string | null;
  pending: { field: string; before: unknown; after: unknown }[];
  notes: { provider: string; state: string; externalId: string | null }[];
  event: { deliveries: { state: string }[] } | null;
}

let accord: Accord;
let receiver: Receiver;
let key: string;
beforeAll(async () => {
  accord = await startAccord({ providers: ['gohighlevel', 'calltools', 'square', 'webform'], webformAccount: { forms } });
  ({ key } = await createApiKey(accord.db, { name: 'clerk', scopes: ['sync:read', 'sync:write'] }));
  receiver = await startReceiver(200);
  const call = await apiClient(accord);
  await call('POST', '', { url: receiver.url, events: ['form_submitted'] });
});
afterAll(async () => {
  await receiver.close();
  await accord.close();
});

async function submit(form: string, values: object): Promise<string> {
  const response = await fetch(`${accord.api.url}/webforms/${form}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: formOrigin, referer: `${formOrigin}/write-us` },
    body: JSON.stringify(values),
  });
  const { id } = (await response.json()) as { id: string };
  expect(response.status).toBe(202);
  return id;
}

async function api<T>(method: string, path: string): Promise<{ status: number; data: T }> {
  const response = await fetch(`${accord.api.url}/api/v1/form-submissions${path}`, {
    method,
    headers: { authorization: `Bearer ${key}` },
  });
  return { status: response.status, data: ((await response.json()) as { data: T }).data };
}

const details = async (id: string): Promise<Details> => (await api<Details>('GET', `/${id}`)).data;

/** The submission after it was read. */
function merged(id: string): Promise<Details> {
  return eventually(async () => {
    const submission = await details(id);
    expect(submission.state).not.toBe('queued');
    return submission;
  });
}

interface Note {
  contactId: string;
  body: string;
}

async function notesOf(ghlId: string): Promise<string[]> {
  const { notes } = await control<{ notes: Note[] }>(accord.sandboxes.gohighlevel, 'GET', 'records');
  return notes.filter(({ contactId }) => contactId === ghlId).map(({ body }) => body);
}

describe('an unsigned submission about somebody who is known', () => {
  it('lifts no refusal and changes no key or field, until a person accepts it', async () => {
    const ada = await createRefuser(accord);
    const phone = nextPhone();
    const before = await ada.contact();
    const values = { name: 'Ada Lovelace', email: ada.email, phone, company: 'Acme', message: 'Call me.', consent: true };
    const id = await submit('contact', values);
    const waiting = await merged(id);
    expect(waiting).toMatchObject({ contactId: ada.contactId, state: 'waiting', message: 'Call me.' });
    expect(waiting.pending.map(({ field }) => field).toSorted()).toEqual(['company', 'doNotContact', 'phones']);
    const after = await ada.contact();
    expect(after.tags).toContain('web lead');
    expect({ ...after, tags: before.tags, note: before.note }).toEqual(before);
    await eventually(async () => expect(await notesOf(ada.ghlId)).toHaveLength(1));
    expect(await inDialer(accord, phone)).toEqual([]);
    expect(await inDialer(accord, ada.phone)).toEqual([]);

    expect((await api('POST', `/${id}/accept`)).status).toBe(200);
    await eventually(async () => expect((await ada.contact()).doNotContact).toEqual({ call: false, sms: false, email: true }));
    expect(await ada.contact()).toMatchObject({ company: 'Acme', phones: [{ e164: ada.phone }, { e164: phone }] });
    const accepted = await details(id);
    expect(accepted).toMatchObject({ state: 'accepted', acceptedBy: 'api-key:clerk', contactName: 'Ada Lovelace' });
    expect(accepted.consents).toEqual([
      { field: 'consent', words: expect.stringContaining(' '), channels: expect.arrayContaining(['call']) },
    ]);
    const fieldsOf = ({ merged: changes }: Details) => changes.map(({ field }) => field);
    expect([fieldsOf(waiting).includes('company'), fieldsOf(accepted)]).toEqual([
      false,
      expect.arrayContaining(['company', 'phones', 'doNotContact']),
    ]);
    expect((await api('POST', `/${id}/accept`)).status).toBe(409);
    await eventually(async () => expect(await inDialer(accord, ada.phone)).toHaveLength(1));
    // The message was passed on when it arrived.
    expect(await notesOf(ada.ghlId)).toHaveLength(1);
  });

  it('is listed among those that wait', async () => {
    const ada = await createRefuser(accord);
    const sent = await submit('contact', { name: 'Ada Lovelace', email: ada.email, company: 'Other Ltd' });
    await merged(sent);
    const idsOf = async (query: string) => {
      const { data } = await api<{ submissions: { id: string }[] }>('GET', `?contactId=${ada.contactId}&${query}`);
      return data.submissions.map(({ id }) => id);
    };
    expect([await idsOf('waiting=true'), await idsOf('waiting=false'), await idsOf('form=members')]).toEqual([[sent], [], []]);
    expect((await api('POST', '/0199a0a0-0000-7000-8000-00000000ffff/accept')).status).toBe(404);
  });
});

describe('messages', () => {
  it('each reach the CRM as a note, vendors without notes in the note field, and subscribers', async () => {
    const ada = await createRefuser(accord);
    const who = { name: 'Ada Lovelace', email: ada.email };
    const first = await submit('contact', { ...who, message: 'The first question.' });
    await merged(first);
    const second = await submit('contact', { ...who, message: 'The second question.' });
    await eventually(async () => expect(await notesOf(ada.ghlId)).toHaveLength(2));
    expect((await notesOf(ada.ghlId)).join('\n')).toMatch(
      /Contact us:\nThe first question\.\n\(https:\/\/www\.example\.com\/write-us\)/,
    );
    await eventually(async () => {
      const [person] = await findPeople(accord, 'square', ada.email);
      expect(person?.note).toMatch(/Contact us:\nThe first question\.[\s\S]*Contact us:\nThe second question\./);
    });
    const told = () =>
      receiver.received.map(({ body }) => JSON.parse(body.toString())).filter(({ data }) => data.email === ada.email);
    await eventually(() =>
      expect(
        told()
          .map(({ data }) => data.submission)
          .toSorted(),
      ).toEqual([first, second].toSorted()),
    );
    expect(told()[0]).toMatchObject({
      ...{ event: 'form_submitted', type: 'form_submitted' },
      data: { id: ada.contactId, form: 'contact', title: 'Contact us', page: `${formOrigin}/write-us`, consent: null },
    });
    await eventually(async () => {
      expect(await details(first)).toMatchObject({
        ...{ state: 'merged', pending: [], event: { deliveries: [{ state: 'delivered' }] } },
        notes: [{ provider: 'gohighlevel', state: 'written', externalId: expect.any(String) }],
      });
    });
  });

  it('are written once when the answer to the write is lost', async () => {
    const ada = await createRefuser(accord);
    const fault = { method: 'POST', path: '/contacts/*/notes', dropResponse: true, times: 1 };
    await control(accord.sandboxes.gohighlevel, 'POST', 'faults', fault);
    const id = await submit('contact', { name: 'Ada Lovelace', email: ada.email, message: 'Only once, please.' });
    await eventually(async () => expect((await details(id)).notes).toMatchObject([{ state: 'written' }]));
    expect(await notesOf(ada.ghlId)).toHaveLength(1);
  });

  it('of somebody new reach the record that is made for them', async () => {
    const phone = nextPhone();
    const email = `new.${phone.slice(-6)}@example.com`;
    const id = await submit('contact', { name: 'Grace Hopper', email, phone, message: 'Hello.' });
    await eventually(async () => expect((await details(id)).notes).toMatchObject([{ state: 'written' }]));
    const [grace] = await findPeople(accord, 'gohighlevel', email);
    expect(await notesOf(String(grace?.id))).toHaveLength(1);
    expect((await details(id)).state).toBe('merged');
  });
});

describe('a form that trusts its visitors', () => {
  it('puts the newest phone first at vendors with room for one, where it says so', async () => {
    const ada = await createRefuser(accord);
    const phone = nextPhone();
    await submit('members', { name: 'Ada Lovelace', email: ada.email, phone });
    await eventually(async () => expect((await ada.contact()).phones.map(({ e164 }) => e164)).toEqual([phone, ada.phone]));
    await eventually(async () => expect((await findPeople(accord, 'square', ada.email))[0]?.phones).toEqual([phone]));
  });
});

it('a stranger cannot refuse for somebody else by a form with their number and address', async () => {
  const phone = nextPhone();
  const email = `ada.${phone.slice(-6)}@example.com`;
  const ghlId = await edit(accord, 'gohighlevel', { givenName: 'Ada', familyName: 'Lovelace', phone, email });
  await eventually(async () => expect(await findPeople(accord, 'square', email)).toHaveLength(1));
  const contactId = await accord.contactIdOf(ghlId);
  const stranger = await merged(await submit('contact', { name: 'Mallory Stranger', email, phone, 'leave-me': true }));
  expect(stranger.contactId).not.toBe(contactId);
  const doNotContact = { call: true, sms: true, email: true };
  expect((await findContact(accord.db, stranger.contactId))?.fields).toMatchObject({ doNotContact });
  const response = await fetch(`${accord.api.url}/sync/contacts/${contactId}`, { headers: { authorization: `Bearer ${key}` } });
  expect(((await response.json()) as { data: object }).data).toMatchObject({ refused: [] });
});

it('a stranger cannot make somebody unrecognisable by a form with their address', async () => {
  const phone = nextPhone();
  const email = `ada.${phone.slice(-6)}@example.com`;
  const first = await merged(await submit('contact', { name: 'Ada Lovelace', email }));
  const stranger = await merged(await submit('contact', { name: 'Mallory Stranger', email }));
  expect(stranger.contactId).not.toBe(first.contactId);
  const again = await merged(await submit('contact', { name: 'Ada Lovelace', email, message: 'It is me.' }));
  expect(again.contactId).toBe(first.contactId);
});

it('a form that was taken for one of somebody else is split off, and the refusal that it lifted holds again', async () => {
  const ada = await createRefuser(accord);
  const company = `Hart ${ada.phone.slice(-4)}`;
  const id = await submit('members', { name: 'Ada Lovelace', email: ada.email, phone: ada.phone, company, consent: true });
  expect((await merged(id)).contactId).toBe(ada.contactId);
  await eventually(async () => expect(await ada.contact()).toMatchObject({ company, doNotContact: { call: false, sms: false } }));
  const response = await fetch(`${accord.api.url}/api/v1/contacts/${ada.contactId}/split`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ records: [`webform:${id}`] }),
  });
  const { data } = (await response.json()) as { data: { otherContactId: string } };
  expect(response.status).toBe(200);
  expect(await ada.contact()).toMatchObject({ company: null, doNotContact: { call: true, sms: true } });
  const other = await findContact(accord.db, data.otherContactId);
  expect(other?.fields).toMatchObject({ company, doNotContact: { call: false, sms: false, email: false } });
  expect((await details(id)).contactId).toBe(data.otherContactId);
  const consents = accord.db.selectFrom('contact_history').select('contact_id').where('kind', '=', 'consent');
  expect(await consents.where('contact_id', 'in', [ada.contactId, data.otherContactId]).execute()).toEqual([
    { contact_id: data.otherContactId },
  ]);
});
