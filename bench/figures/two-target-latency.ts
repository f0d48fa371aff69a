import { setTimeout as delay } from 'node:timers/promises';
import { atFixedRate } from '#bench/measure/at-fixed-rate.ts';
import type { Figure, Row } from '#bench/measure/figure.ts';
import { percentile, sum } from '#bench/measure/statistics.ts';
import { type BareRun, readAndWriteTwo, startBareWorkflows } from '#bench/setup/bare-workflows.ts';
import type { Bench } from '#bench/setup/bench.ts';
import type { Hub, HubPeople, HubPerson } from '#bench/setup/hub.ts';
import { untilQuiet } from '#bench/setup/quiet.ts';
import { rename } from '#bench/setup/rename.ts';
import { type LoggedRequest, openRequestLog, type RequestLog } from '#bench/setup/request-log.ts';
import { waitUntil } from '#dev/wait-until.ts';

const everyMs = 200;
export const perTurn = 15;
const source = 'gohighlevel';
const targets = ['square', 'google'] as const;
type Logs = Record<typeof source | (typeof targets)[number], RequestLog>;

interface Turn {
  /** Milliseconds of each change, from the edit's response to the later response of both targets. */
  landed: number[];
  /** The sandboxes' own share of that time, on average: the read, and the slower write. */
  sandboxMs: number;
}

/** The time from an edit to both targets, in turns with a bare workflow of as many activities on as many queues. */
export async function twoTargetLatency(bench: Bench, hub: Hub & HubPeople): Promise<Figure> {
  const turns = bench.quick ? 2 : 6;
  const people = hub.plain.slice(0, perTurn);
  const logs = await openLogs(hub);
  const bare = await startBareWorkflows(bench, [readAndWriteTwo]);
  const own: Turn[] = [];
  const floor: BareRun[] = [];
  try {
    await ourTurn(bench, { hub, logs, people, firstName: 'First' });
    for (let turn = 0; turn < turns; turn += 1) {
      own.push(await ourTurn(bench, { hub, logs, people, firstName: `Turn${letter(turn)}` }));
      await atFixedRate(perTurn, everyMs, async () => floor.push(await bare.run(readAndWriteTwo)));
    }
  } finally {
    await bare.stop();
  }
  return toFigure(own, floor);
}

interface TurnInput {
  hub: Hub;
  logs: Logs;
  people: HubPerson[];
  firstName: string;
}

async function ourTurn(bench: Bench, { hub, logs, people, firstName }: TurnInput): Promise<Turn> {
  await atFixedRate(people.length, everyMs, (index) => rename(hub, people[index] as HubPerson, firstName));
  const written = { square: [] as LoggedRequest[], google: [] as LoggedRequest[] };
  await delay(everyMs);
  await waitUntil('the writes at Square and Google', async () => {
    for (const target of targets) written[target].push(...(await logs[target].next()).filter(isUpdate));
    const missing = targets.reduce((count, target) => count + people.length - written[target].length, 0);
    if (missing > 0) throw new Error(`${missing} writes are missing`);
  });
  // Also waits for the echoes, which would otherwise be part of the next turn.
  await untilQuiet(bench, hub.database);
  const asked = await logs[source].next();
  const landed = people.map((person) => {
    const editedAt = endOf(asked.filter(isUpdate), person[source]);
    return Math.max(...targets.map((target) => endOf(written[target], person[target]))) - editedAt;
  });
  const means = targets.map((target) => mean(written[target]));
  return { landed, sandboxMs: mean(asked.filter(({ method }) => method === 'GET')) + Math.max(...means) };
}

/** By the sandboxes' clock: all sandboxes are one process. */
function endOf(requests: readonly LoggedRequest[], id: string): number {
  const request = requests.find(({ path }) => path.includes(id));
  if (!request) throw new Error('No write of this turn is for this person');
  return Date.parse(request.at) + request.ms;
}

function isUpdate({ method }: LoggedRequest): boolean {
  return method === 'PUT' || method === 'PATCH';
}

function mean(requests: readonly LoggedRequest[]): number {
  return sum(requests.map(({ ms }) => ms)) / Math.max(1, requests.length);
}

function letter(index: number): string {
  return String.fromCharCode(97 + index);
}

async function openLogs({ accounts: { gohighlevel, square, google } }: Hub): Promise<Logs> {
  return {
    gohighlevel: await openRequestLog(gohighlevel),
    square: await openRequestLog(square),
    google: await openRequestLog(google),
  };
}

function toFigure(own: Turn[], floor: BareRun[]): Figure {
  const landed = own.flatMap((turn) => turn.landed);
  const sandboxMs = sum(own.map((turn) => turn.sandboxMs)) / own.length;
  const row = (percent: number, label: string, values: number[]): Row => ({
    label: `p${percent}`,
    ours: percentile(landed, percent) - sandboxMs,
    unit: 'ms',
    floor: { label, value: percentile(values, percent) },
  });
  const completed = floor.map(({ completedMs }) => completedMs);
  const until = floor.map(({ landedMs }) => landedMs);
  const bareWorkflow = 'bare workflow, 1 activity and then 2 at once, on 3 queues';
  return {
    title: `Name changed in GoHighLevel → Square and Google, ${1_000 / everyMs} changes per second`,
    rows: [
      { ...row(50, bareWorkflow, completed), goal: { max: 1.5 } },
      { ...row(99, bareWorkflow, completed), goal: { max: 1.5 } },
      row(50, '… until its last activity ran', until),
      row(99, '… until its last activity ran', until),
    ],
    notes: [
      `${landed.length} changes in turns with the bare workflows; ${sandboxMs.toFixed(1)} ms of the sandboxes' own time subtracted from each`,
    ],
  };
}
