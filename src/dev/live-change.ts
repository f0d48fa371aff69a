import { setTimeout as delay } from 'node:timers/promises';
import { callJson } from './call-json.ts';
import { type SampleContact, sampleContacts } from './sample-contacts.ts';
import type { SandboxAccounts } from './sandboxes.ts';

export interface LiveChange {
  name: string;
  bucket: string;
  /** From the moment before the call that tags, until a read of CallTools shows the contact in the bucket. */
  ms: number;
}

const bucket = 'Cold Leads';

/** How often CallTools is asked whether the contact is there: what is measured is late by this at most. */
const pollMs = 5;

/**
 * Tags a sample contact "cold lead" through GoHighLevel's API and waits until it stands in the dialer's bucket. `nth` picks the
 * contact, so that each demonstration has another one.
 */
export async function showLiveChange(sandboxes: SandboxAccounts, nth: number, signal: AbortSignal): Promise<LiveChange> {
  const contact = pickContact(nth);
  const id = await getContactId(sandboxes, contact, signal);
  const startedAt = performance.now();
  await addTag(sandboxes, id, signal);
  while (!(await isInBucket(sandboxes, contact, signal))) {
    if (performance.now() - startedAt > 60_000) throw new Error(`${nameOf(contact)} did not arrive in CallTools within a minute`);
    await delay(pollMs, undefined, { signal });
  }
  return { name: nameOf(contact), bucket, ms: Math.round(performance.now() - startedAt) };
}

/** Somebody with a phone and an email, whom no rule keeps out and who is in no audience yet. */
function pickContact(nth: number): SampleContact & { email: string; phone: string } {
  const plain = new Set(['newsletter', 'webinar 2026', 'referral']);
  const candidates = sampleContacts().filter(
    (contact): contact is SampleContact & { email: string; phone: string } =>
      !contact.dnd && contact.tags.every((tag) => plain.has(tag)) && contact.email !== undefined && contact.phone !== undefined,
  );
  const picked = candidates[nth % candidates.length];
  if (!picked) throw new Error('No sample contact can be tagged');
  return picked;
}

async function getContactId(
  { gohighlevel }: SandboxAccounts,
  { email }: { email: string },
  signal: AbortSignal,
): Promise<string> {
  const url = `${gohighlevel.control}/records?email=${encodeURIComponent(email)}`;
  const { contacts } = await callJson<{ contacts: { id: string }[] }>(url, { signal });
  if (!contacts[0]) throw new Error(`The sandbox of GoHighLevel has no ${email}: start over with --fresh`);
  return contacts[0].id;
}

async function addTag({ gohighlevel }: SandboxAccounts, id: string, signal: AbortSignal): Promise<void> {
  const headers = { authorization: `Bearer ${gohighlevel.token}`, version: '2021-07-28' };
  const body = { tags: ['cold lead'] };
  await callJson(`${gohighlevel.url}/contacts/${id}/tags`, { method: 'POST', headers, body, signal });
}

async function isInBucket({ calltools }: SandboxAccounts, { phone }: { phone: string }, signal: AbortSignal): Promise<boolean> {
  const headers = { authorization: `Token ${calltools.token}` };
  const find = <T>(path: string) => callJson<{ results: T[] }>(`${calltools.url}/${path}`, { headers, signal });
  const digits = phone.replace(/\D/g, '').slice(-10);
  const [contacts, buckets] = await Promise.all([
    find<{ buckets: number[] }>(`contacts/?phone_number=${encodeURIComponent(`+1${digits}`)}`),
    find<{ id: number; name: string }>(`buckets/?name=${encodeURIComponent(bucket)}`),
  ]);
  const wanted = buckets.results.find(({ name }) => name === bucket)?.id;
  return contacts.results.some((contact) => wanted !== undefined && contact.buckets.includes(wanted));
}

function nameOf({ firstName, lastName }: SampleContact): string {
  return `${firstName} ${lastName}`;
}
