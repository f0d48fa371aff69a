import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { freePort } from '#free-port.ts';
import { eventually } from '#test/setup/eventually.ts';
import { useKillableProcesses } from './killable-processes.ts';

const { cleanUps, received, start, kill, subscribe, untilArrived, untilDelivered } = useKillableProcesses();

it('delivers each accepted form to each subscriber once while api and worker are killed', async () => {
  const env = await formEnvironment();
  const emails = Array.from({ length: 30 }, (_, index) => `lead-${index}@example.com`);
  await subscribe(2, ['new_lead']);
  // The worker that reads submissions is not killed: Temporal would retry a read only after half a minute.
  await start('worker', { ...env, WORKER_ROLES: 'webform' });
  const startBoth = () => Promise.all([start('api', env), start('worker', { ...env, WORKER_ROLES: 'workflows,delivery' })]);

  let both = await startBoth();
  const accepted = sendForms(emails, `http://127.0.0.1:${env.PORT}`);
  await untilArrived(10);
  await kill(...both);
  both = await startBoth();
  await untilArrived(25);
  await kill(...both);
  await startBoth();
  await accepted;
  await untilDelivered(60);
  const told = received().map(({ body, deliveryId }) => `${JSON.parse(body.toString()).data.email} ${deliveryId}`);
  const deliveriesOf = Map.groupBy(new Set(told), (each) => each.split(' ')[0]);
  expect([...deliveriesOf].map(([email, { length }]) => [email, length]).toSorted()).toEqual(
    emails.map((email) => [email, 2]).toSorted(),
  );
}, 120_000);

/** One form, on an api that keeps its port over restarts. */
async function formEnvironment() {
  const fields = [
    { name: 'name', label: 'Name', mapsTo: 'fullName' },
    { name: 'email', label: 'Email address', type: 'email', mapsTo: 'email' },
  ];
  const form = { title: 'Contact us', rateLimit: { submissions: 1_000, minutes: 1 }, fields };
  const webhooks = { requireHttps: false, allowPrivateAddresses: ['127.0.0.0/8'] };
  const directory = await mkdtemp(join(tmpdir(), 'accord-forms-'));
  cleanUps.push(() => rm(directory, { recursive: true }));
  const ACCORD_CONFIG = join(directory, 'accord.yaml');
  await writeFile(ACCORD_CONFIG, stringify({ accounts: { webform: { forms: { contact: form } } }, webhooks }));
  return { ACCORD_CONFIG, ACCORD_PROFILE: '', PORT: String(await freePort()) };
}

/** Submits forms, four at a time, each until it is accepted. */
async function sendForms(emails: readonly string[], origin: string): Promise<void> {
  const queue = emails.values();
  const visitor = async () => {
    for (const email of queue) await eventually(() => sendForm(email, origin));
  };
  await Promise.all(Array.from({ length: 4 }, visitor));
}

async function sendForm(email: string, origin: string): Promise<void> {
  const headers = { origin, 'content-type': 'application/json', 'idempotency-key': email };
  const body = JSON.stringify({ name: 'Ada Lovelace', email });
  const { ok, status } = await fetch(`${origin}/webforms/contact`, { method: 'POST', headers, body });
  if (!ok) throw new Error(`The form was answered with ${status}`);
}
