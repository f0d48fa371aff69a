import type { Figure, Row } from '#bench/measure/figure.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { type Candidate, prepareColdLeads } from '#bench/setup/cold-leads.ts';
import { untilQuiet } from '#bench/setup/quiet.ts';
import { isWrite, type LoggedRequest, openRequestLog, type RequestLog } from '#bench/setup/request-log.ts';
import { callJson } from '#dev/call-json.ts';
import { waitUntil } from '#dev/wait-until.ts';

const people = 10;

/** Edits of a contact in GoHighLevel, with their maximum calls: the dialer has no preconditions, so each write needs a read before it. */
const changes = [
  { label: 'tagged “cold lead”, new to the dialer', change: { addTags: ['cold lead'] }, calls: 3, writes: 1 },
  { label: 'renamed, while in the dialer', change: { firstName: 'Grace' }, calls: 3, writes: 1 },
  { label: 'a field that Accord does not sync', change: { website: 'https://example.com' }, calls: 1, writes: 0 },
  { label: 'a field that the dialer lacks', change: { source: 'Referral' }, calls: 1, writes: 0 },
  { label: 'the tag removed again', change: { removeTags: ['cold lead'] }, calls: 3, writes: 1 },
] as const;

/** API calls per change, counted by the sandboxes. */
export async function callsPerChange(bench: Bench): Promise<Figure> {
  const { gohighlevel, calltools } = bench.stack.sandboxes;
  const leads = await prepareColdLeads(bench, people + 1);
  const logs = [await openRequestLog(gohighlevel), await openRequestLog(calltools)];
  // Warm-up: the first push also looks up the bucket's number, which is cached.
  await changeAll(bench, logs, [leads.next()], changes[0].change);
  const chosen = Array.from({ length: people }, () => leads.next());
  const rows: Row[] = [];
  for (const { label, change, calls, writes } of changes) {
    const requests = await changeAll(bench, logs, chosen, change);
    const perChange = (count: number) => count / people;
    rows.push({ label: `${label}: calls`, ours: perChange(requests.length), unit: '', goal: { max: calls } });
    rows.push({
      label: '… of these writes',
      ours: perChange(requests.filter(isWrite).length),
      unit: '',
      goal: { max: writes },
    });
  }
  return {
    title: 'API calls per change of one contact',
    rows,
    notes: [`means of ${people} contacts, from the sandboxes' logs`],
  };
}

/** Edits through the sandbox's control route, as in GoHighLevel's web pages: webhooks follow, and the log counts no call. */
async function changeAll(bench: Bench, logs: RequestLog[], chosen: Candidate[], change: object): Promise<LoggedRequest[]> {
  const contacts = chosen.map(({ id }) => ({ id, ...change }));
  await callJson(`${bench.stack.sandboxes.gohighlevel.control}/records`, { method: 'POST', body: { contacts } });
  const requests: LoggedRequest[] = [];
  const collect = async () => {
    for (const log of logs) requests.push(...(await log.next()));
    if (requests.length < chosen.length) throw new Error(`${requests.length} calls for ${chosen.length} changes`);
  };
  await waitUntil('the first call for each change', collect);
  await untilQuiet(bench);
  await collect();
  return requests;
}
