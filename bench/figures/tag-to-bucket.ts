import { setTimeout as delay } from 'node:timers/promises';
import { atFixedRate } from '#bench/measure/at-fixed-rate.ts';
import type { Figure, Row } from '#bench/measure/figure.ts';
import { percentile, sum } from '#bench/measure/statistics.ts';
import {
  type ActivityQueue,
  type BareRun,
  type BareWorkflows,
  readAndWrite,
  startBareWorkflows,
} from '#bench/setup/bare-workflows.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { type Candidate, prepareColdLeads, tagColdLead } from '#bench/setup/cold-leads.ts';
import { openRequestLog, type RequestLog } from '#bench/setup/request-log.ts';
import { callJson } from '#dev/call-json.ts';
import { waitUntil } from '#dev/wait-until.ts';

const everyMs = 200;
const changesPerTurn = 15;

interface Turn {
  /** Milliseconds of each change, from the tag in GoHighLevel to the contact in the dialer. */
  landed: number[];
  /** The sandboxes' own share of that time, on average. */
  sandboxMs: number;
}

/** The time from a tag to the bucket, in turns with a bare workflow of as many activities on the same Temporal server. */
export async function tagToBucket(bench: Bench): Promise<Figure> {
  const turns = bench.quick ? 2 : 6;
  const leads = await prepareColdLeads(bench, (turns + 1) * changesPerTurn);
  const logs = await openLogs(bench);
  const bare = await startBareWorkflows(bench, Object.values(readAndWrite));
  const take = () => Promise.all(Array.from({ length: changesPerTurn }, () => leads.next()));
  const own: Turn[] = [];
  const floors = { 'another queue': [] as BareRun[], 'the same queue': [] as BareRun[] };
  try {
    await ourTurn(bench, logs, await take());
    for (let turn = 0; turn < turns; turn += 1) {
      own.push(await ourTurn(bench, logs, await take()));
      for (const queue of ['another queue', 'the same queue'] as const) floors[queue].push(...(await bareTurn(bare, queue)));
    }
  } finally {
    await bare.stop();
  }
  return toFigure(own, floors);
}

async function ourTurn(bench: Bench, logs: Logs, candidates: Candidate[]): Promise<Turn> {
  await atFixedRate(candidates.length, everyMs, (index) => tagColdLead(bench, candidates[index] as Candidate));
  const landedAt = await waitForLanding(bench, candidates);
  const [ghl, dialer] = await Promise.all([logs.gohighlevel.next(), logs.calltools.next()]);
  const isTag = ({ path }: { path: string }) => path.endsWith('/tags');
  const taggedAt = new Map(ghl.filter(isTag).map(({ path, at }) => [path.split('/')[2], Date.parse(at)]));
  const work = [...ghl.filter((each) => !isTag(each)), ...dialer];
  return {
    landed: candidates.map(({ id, phone }) => (landedAt.get(phone) as number) - (taggedAt.get(id) as number)),
    sandboxMs: sum(work.map(({ ms }) => ms)) / candidates.length,
  };
}

async function bareTurn(bare: BareWorkflows, queue: ActivityQueue): Promise<BareRun[]> {
  const runs: BareRun[] = [];
  await atFixedRate(changesPerTurn, everyMs, async () => runs.push(await bare.run(readAndWrite[queue])));
  return runs;
}

/** The creation time of each contact in the dialer, by the sandboxes' clock: all sandboxes are one process. */
async function waitForLanding({ stack }: Bench, candidates: Candidate[]): Promise<Map<string, number>> {
  const landedAt = new Map<string, number>();
  const look = async () => {
    const { contacts } = await callJson<{ contacts: DialerContact[] }>(`${stack.sandboxes.calltools.control}/records`);
    for (const contact of contacts) {
      if (contact.buckets.length > 0) landedAt.set(contact.mobile_phone_number, Date.parse(contact.created_on));
    }
    const missing = candidates.filter(({ phone }) => !landedAt.has(phone)).length;
    if (missing > 0) throw new Error(`${missing} contacts are not in the bucket`);
  };
  await delay(everyMs);
  await waitUntil('the dialer', look, { everyMs: 250 });
  return landedAt;
}

interface DialerContact {
  mobile_phone_number: string;
  buckets: number[];
  created_on: string;
}

interface Logs {
  gohighlevel: RequestLog;
  calltools: RequestLog;
}

async function openLogs({ stack }: Bench): Promise<Logs> {
  const { gohighlevel, calltools } = stack.sandboxes;
  return { gohighlevel: await openRequestLog(gohighlevel), calltools: await openRequestLog(calltools) };
}

function toFigure(own: Turn[], floors: Record<ActivityQueue, BareRun[]>): Figure {
  const landed = own.flatMap((turn) => turn.landed);
  const sandboxMs = sum(own.map((turn) => turn.sandboxMs)) / own.length;
  const row = (percent: number, label: string, floor: number[]): Row => ({
    label: `p${percent}`,
    ours: percentile(landed, percent) - sandboxMs,
    unit: 'ms',
    floor: { label, value: percentile(floor, percent) },
  });
  const completed = (queue: ActivityQueue) => floors[queue].map(({ completedMs }) => completedMs);
  const until = (queue: ActivityQueue) => floors[queue].map(({ landedMs }) => landedMs);
  const bareWorkflow = 'bare workflow, 2 activities on another queue';
  return {
    title: 'Tag in GoHighLevel → bucket in CallTools, 5 changes per second',
    rows: [
      { ...row(50, bareWorkflow, completed('another queue')), goal: { max: 1.5 } },
      { ...row(99, bareWorkflow, completed('another queue')), goal: { max: 1.5 } },
      row(50, '… until its second activity ran', until('another queue')),
      row(99, '… until its second activity ran', until('another queue')),
      row(50, '… with both activities on its own queue', completed('the same queue')),
      row(99, '… with both activities on its own queue', completed('the same queue')),
    ],
    notes: [
      `${landed.length} changes in turns with the bare workflows; ${sandboxMs.toFixed(1)} ms of the sandboxes' own time subtracted from each`,
    ],
  };
}
