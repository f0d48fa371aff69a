import type { Figure, Row } from '#bench/measure/figure.ts';
import { medianBy, percentile } from '#bench/measure/statistics.ts';
import { steadily } from '#bench/measure/steadily.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { openSubscribers, type Subscribers } from '#bench/setup/subscribers.ts';

const endpoints = 100;
const hanging = 10;
const connections = 50;
const rates = [50, 200] as const;
const toEverybody = 50;
/** What dedicated services reach on such a machine: research/peers.md names versions and settings. */
const peers =
  'for comparison, on 2 cores: Svix 722–778/s, 3,430–3,700/s to 100 endpoints each; Outpost 994–1,425/s, 1,630–1,690/s';

/** How fast webhooks leave, and how soon after the commit they arrive; also where some subscribers never answer. */
export async function deliveryFigures(bench: Bench): Promise<Figure[]> {
  await using cleanUp = new AsyncDisposableStack();
  const subscribers = await openSubscribers(bench, endpoints, cleanUp);
  const rate = await deliveriesPerSecond(bench, subscribers);
  const latency = await commitToReceived(bench, subscribers);
  return [rate, latency];
}

interface Round {
  ours: number;
  bare: number;
}

async function deliveriesPerSecond(bench: Bench, subscribers: Subscribers): Promise<Figure> {
  const events = bench.quick ? 2_000 : 10_000;
  const rounds: Round[] = [];
  // The first one finds no workflow that runs, no connection that is open and code that was never run.
  await deliverAll(subscribers, events / 10);
  for (let round = 0; round < (bench.quick ? 1 : 3); round += 1)
    rounds.push({ ours: await deliverAll(subscribers, events), bare: await postAll(subscribers, events) });
  const { ours, bare } = medianBy(rounds, (round) => round.ours / round.bare);
  const fannedOut = await deliverToEverybody(subscribers);
  const floor = { what: `a bare loop of signed POSTs, ${connections} connections`, value: bare };
  return {
    title: `Webhooks delivered a second: ${events.toLocaleString('en')} events, ${endpoints} endpoints`,
    rows: [
      { what: 'delivered', ours, unit: '/s', floor, goal: { atLeast: 0.3 } },
      { what: `delivered, ${toEverybody} events to all ${endpoints} endpoints each`, ours: fannedOut, unit: '/s', floor },
    ],
    notes: [
      `${rounds.length} rounds in turns, the median one shown; from the commit of all events to the arrival of the last`,
      peers,
    ],
  };
}

/** From the first commit on, for they are committed one after the other. */
async function deliverToEverybody({ receiver, publishToAll }: Subscribers): Promise<number> {
  await receiver.ask({ do: 'forget' });
  const startedAt = performance.now();
  for (let each = 0; each < toEverybody; each += 1) await publishToAll();
  const expected = toEverybody * endpoints;
  const { requests } = await receiver.ask({ do: 'awaitRequests', requests: expected, withinMs: 60_000 });
  if (requests < expected) throw new Error(`${requests} of ${expected} webhooks arrived in a minute`);
  return expected / ((performance.now() - startedAt) / 1_000);
}

async function deliverAll({ receiver, publishAll }: Subscribers, events: number): Promise<number> {
  await receiver.ask({ do: 'forget' });
  const startedAt = await publishAll(events);
  const { arrivals } = await receiver.ask({ do: 'await', events, withinMs: 60_000 });
  if (arrivals.length < events) throw new Error(`${arrivals.length} of ${events} webhooks arrived in a minute`);
  return events / ((performance.now() - startedAt) / 1_000);
}

async function postAll({ poster, receiver, body }: Subscribers, posts: number): Promise<number> {
  const { seconds } = await poster.ask({ do: 'loop', url: `${receiver.greeting.url}/ok/bare`, body, posts, connections });
  return posts / seconds;
}

async function commitToReceived(bench: Bench, subscribers: Subscribers): Promise<Figure> {
  const seconds = bench.quick ? 2 : 15;
  const [slow, fast] = rates;
  const notes: string[] = [];
  const rows: Row[] = [];
  for (const perSecond of [slow, fast]) {
    // Endpoints that are asked for the first time have a workflow to start, and a hundred at once keep Temporal busy for a while.
    await latencies(subscribers, { perSecond, seconds: endpoints / perSecond + 3 });
    const ours = await latencies(subscribers, { perSecond, seconds });
    rows.push(...besideBare(ours.committed, await paced(subscribers, perSecond, seconds), perSecond));
    notes.push(`at ${perSecond}/s, from the call that commits: ${showBoth(ours.asked)}`);
  }
  rows.push(...(await besideHanging(subscribers, fast, seconds)));
  notes.push(
    `${seconds} s at each rate, events to all ${endpoints} endpoints in turn; beside hanging ones the median of ${parts} parts`,
  );
  return { title: 'From the commit of an event to its arrival at a healthy subscriber', rows, notes };
}

async function besideHanging(subscribers: Subscribers, perSecond: number, seconds: number): Promise<Row[]> {
  // While bare requests were measured, nobody was sent anything.
  await latencies(subscribers, { perSecond, seconds: 1 });
  const without = await inParts(subscribers, { perSecond, seconds });
  await subscribers.hang(hanging);
  await latencies(subscribers, { perSecond, seconds: 2, silent: hanging });
  const beside = await inParts(subscribers, { perSecond, seconds, silent: hanging });
  await subscribers.hang(0);
  return percents.map((percent): Row => {
    const floor = { what: 'without', value: medianPart(without, percent) };
    const what = `p${percent} at ${perSecond} events/s, ${hanging} of ${endpoints} hanging`;
    const row: Row = { what, ours: medianPart(beside, percent), unit: 'ms', floor };
    return percent === 99 ? { ...row, goal: { atMost: 1.2 } } : row;
  });
}

const parts = 5;

/** The same in parts of a few seconds: autovacuum takes a fifth of a second now and then, and would make the p99 of one side alone. */
async function inParts(subscribers: Subscribers, { seconds, ...load }: Load): Promise<number[][]> {
  const measured: number[][] = [];
  for (let part = 0; part < parts; part += 1)
    measured.push((await latencies(subscribers, { ...load, seconds: seconds / parts })).committed);
  return measured;
}

function medianPart(measured: number[][], percent: number): number {
  return percentile(
    measured.map((values) => percentile(values, percent)),
    50,
  );
}

const percents = [50, 99] as const;

async function paced({ poster, receiver, body }: Subscribers, perSecond: number, seconds: number): Promise<number[]> {
  const posts = Math.round(perSecond * seconds);
  const everyMs = 1_000 / perSecond;
  return (await poster.ask({ do: 'paced', url: `${receiver.greeting.url}/ok/bare`, body, posts, everyMs })).latencies;
}

function besideBare(ours: number[], bare: number[], perSecond: number): Row[] {
  return percents.map((percent) => {
    const floor = { what: "a bare POST's round trip", value: percentile(bare, percent) };
    return { what: `p${percent} at ${perSecond} events/s`, ours: percentile(ours, percent), unit: 'ms', floor };
  });
}

function showBoth(values: number[]): string {
  return percents.map((percent) => `p${percent} ${percentile(values, percent).toFixed(1)} ms`).join(', ');
}

/** In milliseconds, of the events that went to endpoints which answer. */
interface Latencies {
  /** From the commit's answer. */
  committed: number[];
  /** From the call that led to the commit, three statements earlier. */
  asked: number[];
}

interface Load {
  perSecond: number;
  seconds: number;
  /** Endpoints that do not answer. */
  silent?: number;
}

async function latencies({ publish, receiver }: Subscribers, { perSecond, seconds, silent = 0 }: Load): Promise<Latencies> {
  await receiver.ask({ do: 'forget' });
  const published = new Map<string, { askedAt: number; committedAt: number }>();
  await steadily(Math.round(perSecond * seconds), 1_000 / perSecond, async (index) => {
    const endpoint = index % endpoints;
    const { id, ...times } = await publish(endpoint);
    if (endpoint >= silent) published.set(id, times);
  });
  const { arrivals } = await receiver.ask({ do: 'await', events: published.size, withinMs: 30_000 });
  if (arrivals.length < published.size)
    throw new Error(`${arrivals.length} of ${published.size} webhooks arrived in half a minute`);
  const since = (moment: 'askedAt' | 'committedAt') =>
    arrivals.flatMap(([id, at]) => {
      const times = published.get(id);
      // The answer of the commit may be read after the webhook has arrived.
      return times ? [Math.max(0, at - times[moment])] : [];
    });
  return { committed: since('committedAt'), asked: since('askedAt') };
}
