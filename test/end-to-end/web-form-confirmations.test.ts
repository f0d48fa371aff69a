import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendConfirmation } from '#activities/contact/send-confirmation.ts';
import { createApiKey } from '#db/api-keys.ts';
import { type Accord, control, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { createRefuser } from '#test/setup/hub.ts';
import { startMailServer } from '#test/setup/mail-server.ts';
import { inDialer, nextPhone } from '#test/setup/people.ts';
import { formOrigin } from '#test/setup/provider-settings.ts';
import { confirmationWorkflowId } from '#workflows/ids.ts';

const fields = [
  { name: 'name', label: 'Name', required: true, mapsTo: 'fullName' },
  { name: 'email', label: 'Email address', type: 'email', mapsTo: 'email' },
  { name: 'phone', label: 'Phone number', type: 'tel', mapsTo: 'phone' },
  { name: 'company', label: 'Company', mapsTo: 'company' },
  { name: 'message', label: 'How can we help?', type: 'textarea', mapsTo: 'message' },
  { name: 'consent', label: 'Calls', type: 'checkbox', consent: { grants: ['call', 'sms'], text: 'You may call me.' } },
];
const confirming = {
  ...{ allowedOrigins: [formOrigin], rateLimit: { submissions: 1_000, minutes: 1 }, fields },
  ...{ title: 'Contact <us>', trust: 'confirm', confirmation: { perAddress: 2, perSender: 1_000 } },
};
const forms = { contact: confirming, kiosk: { ...confirming, confirmation: { perAddress: 2, perSender: 1 } } };

interface Details {
  contactId: string;
  state: string;
  acceptedBy: string | null;
  evidence: Record<string, string>;
  confirmation: {
    state: string;
    requestedAt: string;
    sentAt: string | null;
    confirmedAt: string | null;
    reason: string | null;
  } | null;
}

let mailServer: Awaited<ReturnType<typeof startMailServer>>;
let accord: Accord;
let key: string;
beforeAll(async () => {
  mailServer = await startMailServer();
  accord = await startAccord({
    ...{ providers: ['gohighlevel', 'calltools', 'square', 'webform'], webformAccount: { forms } },
    webformSecrets: {
      SMTP_URL: mailServer.url,
      SMTP_FROM: 'Example Dental <hello@dental.example>',
      PUBLIC_URL: 'https://accord.example.com',
    },
  });
  ({ key } = await createApiKey(accord.db, { name: 'clerk', scopes: ['sync:read', 'sync:write'] }));
});
afterAll(async () => {
  await accord.close();
  await mailServer.stop();
});

/** Each visitor has an address of its own: the api of the test believes a proxy on this machine. */
let visitors = 0;

const nextVisitor = (): string => {
  visitors += 1;
  return `198.51.100.${visitors}`;
};

async function submit(form: string, values: object, ip = nextVisitor()): Promise<string> {
  const response = await fetch(`${accord.api.url}/webforms/${form}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: formOrigin, 'x-forwarded-for': ip },
    body: JSON.stringify(values),
  });
  expect(response.status).toBe(202);
  return ((await response.json()) as { id: string }).id;
}

async function api<T>(method: string, path: string): Promise<{ status: number; data: T }> {
  const response = await fetch(`${accord.api.url}/api/v1/form-submissions${path}`, {
    method,
    headers: { authorization: `Bearer ${key}` },
  });
  return { status: response.status, data: ((await response.json()) as { data: T }).data };
}

const details = async (id: string): Promise<Details> => (await api<Details>('GET', `/${id}`)).data;

function untilConfirmationIs(id: string, state: string): Promise<Details> {
  return eventually(async () => {
    const submission = await details(id);
    expect(submission.confirmation?.state).toBe(state);
    return submission;
  });
}

/** The path of the link in the only email to an address. */
function linkTo(address: string): string {
  const [mail] = mailServer.to(address);
  const [, path = ''] = /https:\/\/accord\.example\.com(\/form\/\S+?)\n/.exec(mail?.source ?? '') ?? [];
  return path;
}

const open = (path: string, method = 'GET') =>
  fetch(`${accord.api.url}${path}`, { method, headers: { accept: 'text/html', 'x-forwarded-for': '192.0.2.7' } });

async function sentTo(ada: { name: string; email: string }, values: object = { company: 'Acme' }): Promise<string> {
  const id = await submit('contact', { name: ada.name, email: ada.email, ...values });
  await untilConfirmationIs(id, 'awaiting');
  return id;
}

describe('a form with trust: confirm', () => {
  it('has what a visitor changes confirmed by a link, which opening does not use', async () => {
    const ada = await createRefuser(accord);
    const before = await ada.contact();
    const phone = nextPhone();
    const company = `Acme ${phone}`;
    const id = await submit('contact', { name: ada.name, email: ada.email, phone, company, consent: true });
    const waiting = await untilConfirmationIs(id, 'awaiting');
    expect(waiting).toMatchObject({ state: 'waiting', confirmation: { requestedAt: expect.any(String), confirmedAt: null } });
    const [mail] = mailServer.to(ada.email);
    expect(mail?.source).toMatch(/^From: Example Dental <hello@dental\.example>$/m);
    expect(mail?.source).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(mail?.source).toContain('Contact &lt;us&gt;');
    // A stranger can cause the email, and must not choose what it says.
    expect(mail?.source).not.toMatch(/Acme|Lovelace/);

    const path = linkTo(ada.email);
    expect(path).toMatch(/^\/form\/contact\/confirm\/[\w-]{43}$/);
    const page = await open(path);
    expect(page.status).toBe(200);
    expect(Object.fromEntries(page.headers)).toMatchObject({
      ...{ 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex, nofollow', 'cache-control': 'no-store' },
      'content-security-policy': expect.stringMatching(/^default-src 'none'; .*form-action 'self'; .*frame-ancestors 'none'$/),
    });
    expect(await page.text()).toMatch(/<form method="post"><button type="submit">Confirm<\/button>/);
    expect((await details(id)).state).toBe('waiting');
    expect(await ada.contact()).toMatchObject({ company: before?.company, doNotContact: { call: true } });

    const done = await open(path, 'POST');
    expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('is confirmed')]);
    await eventually(async () => {
      expect(await ada.contact()).toMatchObject({ company, doNotContact: { call: false, sms: false } });
      for (const vendor of ['square', 'gohighlevel'] as const)
        expect(JSON.stringify(await control(accord.sandboxes[vendor], 'GET', 'records'))).toContain(company);
      expect(await inDialer(accord, ada.phone)).toHaveLength(1);
    });
    const confirmed = await details(id);
    expect(confirmed).toMatchObject({ state: 'accepted', acceptedBy: 'email-link', confirmation: { state: 'confirmed' } });
    const proof = { confirmedTo: ada.email, confirmedIp: '192.0.2.7', acceptedBy: 'email-link' };
    expect(confirmed.evidence).toMatchObject(proof);
    const consents = await accord.db
      .selectFrom('contact_history')
      .select('after')
      .where('contact_id', '=', ada.contactId)
      .where('kind', '=', 'consent')
      .execute();
    expect(consents).toMatchObject([{ after: { grants: ['call', 'sms'], evidence: { ...proof, words: 'You may call me.' } } }]);
  });

  it('answers used, unknown and expired links alike, and a person can still accept', async () => {
    const ada = await createRefuser(accord);
    const id = await sentTo(ada);
    const path = linkTo(ada.email);
    const used = await createRefuser(accord);
    await sentTo(used);
    const usedPath = linkTo(used.email);
    expect((await open(usedPath, 'POST')).status).toBe(200);
    await accord.db
      .updateTable('confirmation_token')
      .set({ expires_at: new Date(0) })
      .where('submission_id', '=', id)
      .execute();
    const unknown = `${path.slice(0, -4)}AAAA`;
    const answers = await Promise.all([path, unknown, usedPath].map(async (each) => open(each, 'POST')));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain('This link cannot be used');
    expect((await details(id)).state).toBe('waiting');
    expect((await api('POST', `/${id}/accept`)).status).toBe(200);
    expect((await details(id)).confirmation?.state).toBe('superseded');
  });

  it('sends nothing to an address that the contact does not have', async () => {
    const ada = await createRefuser(accord);
    const email = `mallory.${ada.phone.slice(-6)}@example.com`;
    const id = await submit('contact', { name: ada.name, phone: ada.phone, email, consent: true });
    const waiting = await untilConfirmationIs(id, 'not-sent');
    expect(waiting).toMatchObject({
      ...{ contactId: ada.contactId, state: 'waiting' },
      confirmation: { reason: expect.stringContaining('no address that the contact has') },
    });
    expect([...mailServer.to(email), ...mailServer.to(ada.email)]).toEqual([]);
    expect((await api('POST', `/${id}/accept`)).status).toBe(200);
  });

  it('takes no address as proof that only strangers have named for somebody whom others know', async () => {
    const phone = nextPhone();
    const email = `mallory.${phone.slice(-6)}@example.com`;
    const first = await submit('contact', { name: 'Ada Lovelace', phone, email });
    await eventually(async () => expect((await details(first)).state).toBe('merged'));
    const { contactId } = await details(first);
    await accord.db
      .updateTable('identity_key')
      .set({ is_proven: true })
      .where('contact_id', '=', contactId)
      .where('kind', '=', 'phone')
      .execute();
    const id = await submit('contact', { name: 'Ada Lovelace', phone, email, company: 'Evil Ltd' });
    expect((await untilConfirmationIs(id, 'not-sent')).contactId).toBe(contactId);
    expect(mailServer.to(email)).toEqual([]);
  });

  it('sends no more emails to one address than the form allows', async () => {
    const ada = await createRefuser(accord);
    await sentTo(ada, { company: 'One' });
    await sentTo(ada, { company: 'Two' });
    const third = await submit('contact', { name: ada.name, email: ada.email, company: 'Three' });
    const { confirmation } = await untilConfirmationIs(third, 'not-sent');
    expect(confirmation?.reason).toContain('perAddress');
    expect(mailServer.to(ada.email)).toHaveLength(2);
  });

  it('sends no more emails for one sender than the form allows', async () => {
    const [ada, other] = [await createRefuser(accord), await createRefuser(accord)];
    const network = (host: string) => `2001:db8:77:1::${host}`;
    const first = await submit('kiosk', { name: ada.name, email: ada.email, company: 'One' }, network('1'));
    await untilConfirmationIs(first, 'awaiting');
    const second = await submit('kiosk', { name: other.name, email: other.email, company: 'Two' }, network('beef'));
    expect((await untilConfirmationIs(second, 'not-sent')).confirmation?.reason).toContain('perSender');
    expect(mailServer.to(other.email)).toEqual([]);
  });

  it('shows at the submission that the mail server refuses the address, and leaves it to a person', async () => {
    const ada = await createRefuser(accord);
    mailServer.refused.set(ada.email, 550);
    const id = await submit('contact', { name: ada.name, email: ada.email, company: 'Acme' });
    const { confirmation } = await untilConfirmationIs(id, 'failed');
    expect(confirmation?.reason).toBe('The mail server refuses this email (550 after RCPT TO).');
    expect((await api('POST', `/${id}/accept`)).status).toBe(200);
  });

  it('sends once when the mail server was down, or refused the address for a while', async () => {
    const ada = await createRefuser(accord);
    await mailServer.stop();
    const id = await submit('contact', { name: ada.name, email: ada.email, company: 'Acme' });
    await eventually(async () => expect((await details(id)).confirmation?.reason).toContain('It is tried again'));
    expect((await details(id)).confirmation).toMatchObject({ state: 'queued', sentAt: null });
    mailServer.refused.set(ada.email, 450);
    await mailServer.start();
    await eventually(async () => expect((await details(id)).confirmation?.reason).toContain('450 after RCPT TO'));
    mailServer.refused.clear();
    await untilConfirmationIs(id, 'awaiting');
    await accord.temporal.workflow.getHandle(confirmationWorkflowId(id)).result();
    expect(mailServer.to(ada.email)).toHaveLength(1);
    expect((await open(linkTo(ada.email), 'POST')).status).toBe(200);
  });

  it('sends again when the worker dies before it stores that it sent, and both links work', async () => {
    const ada = await createRefuser(accord);
    const id = await sentTo(ada);
    // The result of the first attempt is lost.
    await accord.db.updateTable('submission_confirmation').set({ sent_at: null }).where('submission_id', '=', id).execute();
    expect(await sendConfirmation(accord.deps, { submissionId: id }, {})).toEqual({ outcome: 'sent' });
    expect(await sendConfirmation(accord.deps, { submissionId: id }, {})).toEqual({ outcome: 'not-needed' });
    const mails = mailServer.to(ada.email);
    expect(mails).toHaveLength(2);
    const ids = mails.map(({ source }) => /^Message-ID: (.+)$/im.exec(source)?.[1]);
    expect(ids[0]).toBe(ids[1]);
    expect((await open(linkTo(ada.email), 'POST')).status).toBe(200);
    expect((await details(id)).confirmation?.state).toBe('confirmed');
    await eventually(async () => expect(await ada.contact()).toMatchObject({ company: 'Acme' }));
  });
});
