import type { Figure, Row } from '#bench/measure/figure.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { type Candidate, prepareColdLeads } from '#bench/setup/cold-leads.ts';
import { untilQuiet } from '#bench/setup/quiet.ts';
import { isWrite, type LoggedRequest, openRequestLog, type RequestLog } from '#bench/setup/request-log.ts';
import { callJson } from '#dev/call-json.ts';
import { waitUntil } from '#dev/wait-until.ts';

const people = 10;

/** What people do to a contact in GoHighLevel, and what it may cost: the dialer knows no precondition, so each write there has its read. */
const changes = [
  { what: 'tagged “cold lead”, new to the dialer', change: { addTags: ['cold lead'] }, calls: 3, writes: 1 },
  { what: 'renamed, while in the dialer', change: { firstName: 'Grace' }, calls: 3, writes: 1 },
  { what: 'changed where Accord does not look', change: { website: 'https://example.com' }, calls: 1, writes: 0 },
  { what: 'changed where the dialer has no field', change: { source: 'Referral' }, calls: 1, writes: 0 },
  { what: 'the tag removed again', change: { removeTags: ['cold lead'] }, calls: 3, writes: 1 },
] as const;

/** How many API calls one change costs, counted by those who were called. */
export async function callsPerChange(bench: Bench): Promise<Figure> {
  const { gohighlevel, calltools } = bench.stack.sandboxes;
  const leads = await prepareColdLeads(bench, people + 1);
  const logs = [await openRequestLog(gohighlevel), await openRequestLog(calltools)];
  // The first one also looks up the bucket, whose number is kept.
  await changeAll(bench, logs, [leads.next()], changes[0].change);
  const chosen = Array.from({ length: people }, () => leads.next());
  const rows: Row[] = [];
  for (const { what, change, calls, writes } of changes) {
    const requests = await changeAll(bench, logs, chosen, change);
    const perChange = (count: number) => count / people;
    rows.push({ what: `${what}: calls`, ours: perChange(requests.length), unit: '', goal: { atMost: calls } });
    rows.push({
      what: '… of these writes',
      ours: perChange(requests.filter(isWrite).length),
      unit: '',
      goal: { atMost: writes },
    });
  }
  return {
    title: 'API calls for one change of one contact',
    rows,
    notes: [`means of ${people} contacts, from the sandboxes' logs`],
  };
}

/** By hand in GoHighLevel's own pages, which are no API. Webhooks follow. */
async function changeAll(bench: Bench, logs: RequestLog[], chosen: Candidate[], change: object): Promise<LoggedRequest[]> {
  const contacts = chosen.map(({ id }) => ({ id, ...change }));
  await callJson(`${bench.stack.sandboxes.gohighlevel.control}/records`, { method: 'POST', body: { contacts } });
  const requests: LoggedRequest[] = [];
  const collect = async () => {
    for (const log of logs) requests.push(...(await log.next()));
    if (requests.length < chosen.length) throw new Error(`${requests.length} calls for ${chosen.length} changes`);
  };
  await waitUntil('The first call for each change', collect);
  await untilQuiet(bench);
  await collect();
  return requests;
}
