import { expect } from '@jest/globals';
import { createEndpoint } from '#db/delivery/endpoints.ts';
import { endpointSettings } from '#test/db/delivery/delivery-rows.ts';
import { control } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { testEncryptionKey } from '#test/setup/provider-settings.ts';
import { type Receiver, startReceiver } from '#test/setup/receiver.ts';
import type { KnownPerson } from './find-personal-data.ts';
import type { startObservedRun } from './observed-run.ts';

type Run = Awaited<ReturnType<typeof startObservedRun>>;

const street = '77 Quillfeather Crescent';
const message = 'Please call me about the xylophone lessons.';

/** People with values that no word of a log line contains. */
export const people: KnownPerson[] = [
  {
    names: ['Zenobia', 'Quixwood', 'Zenobia Quixwood'],
    emails: ['zenobia.quixwood@example.com'],
    phones: ['+15125558101'],
    texts: [street],
  },
  { names: ['Björk', 'Vandersnoot'], emails: ['bjork.vandersnoot@example.org'], phones: ['+15125558102'], texts: [message] },
  { names: ['Ignatz', 'Wobblethorpe'], emails: ['ignatz.wobblethorpe@example.net'], phones: ['+15125558103'], texts: [] },
  { names: ['Mehitabel', 'Zwingli'], emails: ['mehitabel.zwingli@example.com'], phones: ['+15125558104'], texts: [] },
];
const [zenobia, bjork, ignatz, mehitabel] = people as [KnownPerson, KnownPerson, KnownPerson, KnownPerson];

const emailOf = ({ emails }: KnownPerson) => emails[0] as string;
const toEdit = ({ names: [givenName, familyName], emails: [email], phones: [phone] }: KnownPerson) => ({
  ...{ givenName, familyName, email, phone },
});

/** Syncs, refusals, failures of vendors that quote the person, forms, an import, and requests with values in their paths. */
export async function spend(run: Run): Promise<void> {
  const subscriber = await startRudeSubscriber(run);
  await sync(run);
  await sendBadWebhooks(run);
  await failAtVendors(run);
  await submitForms(run);
  await importFile(run);
  await askTheApi(run);
  await eventually(() => expect(subscriber.received.length).toBeGreaterThan(2));
  await subscriber.close();
}

const everybodyAt = async ({ sandboxes }: Run, vendor: 'google' | 'gohighlevel' | 'square') =>
  JSON.stringify(await control(sandboxes[vendor], 'GET', 'people'));

/** Waits until an account has the person. */
const arrives = (run: Run, vendor: 'google' | 'gohighlevel' | 'square', text: string) =>
  eventually(async () => expect(await everybodyAt(run, vendor)).toContain(text), 60_000);

/** A subscriber that refuses every delivery, and quotes it. */
async function startRudeSubscriber({ db }: Run): Promise<Receiver> {
  const receiver = await startReceiver((response) => response.writeHead(500).end(`No: ${emailOf(zenobia)} ${message}`));
  const settings = { ...endpointSettings, retry_schedule: [1, 1, 1], url: receiver.url };
  await createEndpoint(db, testEncryptionKey, settings);
  return receiver;
}

async function sync(run: Run): Promise<void> {
  const { ids } = await control<{ ids: string[] }>(run.sandboxes.square, 'POST', 'people', { people: [toEdit(zenobia)] });
  for (const vendor of ['google', 'gohighlevel'] as const) await arrives(run, vendor, emailOf(zenobia));
  await control(run.sandboxes.square, 'POST', 'people', { people: [{ id: ids[0], note: street }] });
}

async function sendBadWebhooks({ api }: Run): Promise<void> {
  const body = JSON.stringify({ contact: toEdit(zenobia), street });
  for (const path of ['/webhooks/square', '/webhooks/ghl', '/webhook/ghl-workflow', `/webhooks/square/${emailOf(zenobia)}`])
    for (const sent of [body, `${body}}`, ''])
      await fetch(api + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: sent });
  await fetch(`${api}/webhooks/square`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body });
}

/** Every vendor fails, answers with something else and refuses a write, and quotes the person each time. Then a person retries. */
async function failAtVendors(run: Run): Promise<void> {
  const quoted = `${bjork.names.join(' ')} <${emailOf(bjork)}> ${bjork.phones[0]} is not valid`;
  const body = JSON.stringify({ message: quoted, error: { message: quoted }, errors: [{ detail: quoted, field: 'email' }] });
  const answers = [
    { status: 503, body, times: 1 },
    { status: 200, body: `<html>${quoted}</html>`, times: 1 },
    { dropResponse: true, times: 1 },
    { status: 400, body },
  ];
  for (const vendor of ['google', 'gohighlevel'] as const)
    for (const answer of answers) await control(run.sandboxes[vendor], 'POST', 'faults', { path: '/**', ...answer });
  const { ids } = await control<{ ids: string[] }>(run.sandboxes.square, 'POST', 'people', { people: [toEdit(bjork)] });
  await untilParked(run, ['google', 'gohighlevel']);
  await control(run.sandboxes.square, 'POST', 'faults', { path: '/**', status: 401, body });
  await control(run.sandboxes.square, 'POST', 'people', { people: [{ id: ids[0], familyName: 'Vandersnoot', note: message }] });
  await untilParked(run, ['square']);
  for (const vendor of ['google', 'gohighlevel', 'square'] as const) await control(run.sandboxes[vendor], 'DELETE', 'faults');
  const headers = { authorization: `Bearer ${run.key}`, 'content-type': 'application/json' };
  const filter = JSON.stringify({ state: 'parked' });
  await fetch(`${run.api}/api/v1/contacts/retry`, { method: 'POST', headers, body: filter });
  await fetch(`${run.api}/sync/contacts/${encodeURIComponent(`square:${ids[0]}`)}/retry`, { method: 'POST', headers });
  for (const vendor of ['google', 'gohighlevel'] as const) await arrives(run, vendor, emailOf(bjork));
}

const untilParked = (run: Run, accounts: string[]) =>
  eventually(() => {
    const parked = run.lines.worker.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'Lane parked');
    expect(parked.map(({ provider }) => provider)).toEqual(expect.arrayContaining(accounts));
  }, 60_000);

async function submitForms(run: Run): Promise<void> {
  const { edge } = run.installation;
  const submit = (values: object, origin = edge.url) =>
    fetch(`${edge.url}/webforms/contact`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, referer: `${origin}/?email=${emailOf(ignatz)}` },
      body: JSON.stringify(values),
    });
  const values = { name: ignatz.names.join(' '), email: emailOf(ignatz), phone: ignatz.phones[0], message };
  await submit({ ...values, phone: `${ignatz.phones[0]} ext ${emailOf(ignatz)}` });
  await submit(values, `https://${emailOf(ignatz).split('@')[1]}`);
  expect((await submit(values)).status).toBe(202);
  await arrives(run, 'square', emailOf(ignatz));
}

async function importFile(run: Run): Promise<void> {
  const { names, emails, phones } = mehitabel;
  const csv = `Name,Mail,Phone\n${names.join(' ')},${emails[0]},${phones[0]}\n${names[0]},not-${emails[0]}@@,12\n"${names[0]},${emails[0]}\n`;
  const call = (method: string, path: string, body: string, type = 'application/json') =>
    fetch(`${run.api}/api/v1/imports${path}`, {
      method,
      headers: { authorization: `Bearer ${run.key}`, 'content-type': type },
      body,
    });
  const mapping = { columns: { Name: 'fullName', Mail: 'email', Phone: 'phone' } };
  const made = await call('POST', '', JSON.stringify({ fileName: `${names[0]}.csv`, mapping }));
  const { data } = (await made.json()) as { data: { import: { id: string } } };
  await call('PUT', `/${data.import.id}/parts/1`, csv, 'application/octet-stream');
  expect((await call('POST', `/${data.import.id}/start`, '{}')).status).toBe(202);
  await eventually(async () => {
    const shown = await fetch(`${run.api}/api/v1/imports/${data.import.id}`, { headers: { authorization: `Bearer ${run.key}` } });
    expect(await shown.text()).toMatch(/"state":"(?:completed|refused)"/);
  }, 60_000);
}

/** Requests whose paths, queries and bodies have values of a person, found or refused. */
async function askTheApi({ api, key }: Run): Promise<void> {
  const email = encodeURIComponent(emailOf(zenobia));
  for (const path of [
    `/sync/contacts/${email}`,
    `/api/v1/contacts?q=${email}`,
    `/api/v1/contacts/${email}`,
    `/nowhere/${email}`,
    `/webforms/${email}`,
  ])
    for (const authorization of [`Bearer ${key}`, `Bearer accord_${email}`])
      await fetch(api + path, { headers: { authorization } });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  for (const body of [JSON.stringify({ email: emailOf(zenobia), phone: zenobia.phones[0] }), `{"email": "${emailOf(zenobia)}`])
    for (const path of ['/api/v1/suppressions', '/api/v1/webhooks', `/api/v1/contacts/${email}/merge`])
      await fetch(api + path, { method: 'POST', headers, body });
}
