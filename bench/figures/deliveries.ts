import { atFixedRate } from '#bench/measure/at-fixed-rate.ts';
import type { Figure, Row } from '#bench/measure/figure.ts';
import { medianBy, percentile } from '#bench/measure/statistics.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { openSubscribers, type Subscribers } from '#bench/setup/subscribers.ts';

const endpoints = 100;
const hanging = 10;
const connections = 50;
const rates = [50, 200] as const;
const broadcasts = 50;
/** Dedicated services on a machine of this size. */
const peers =
  'for comparison, on 2 cores: Svix 722–778/s, 3,430–3,700/s to 100 endpoints each; Outpost 994–1,425/s, 1,630–1,690/s';

/** Deliveries per second, and the time from commit to arrival, also with some subscribers that never respond. */
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
  // Warm-up: starts workflows, opens connections and compiles code.
  await deliverAll(subscribers, events / 10);
  for (let round = 0; round < (bench.quick ? 1 : 3); round += 1)
    rounds.push({ ours: await deliverAll(subscribers, events), bare: await postAll(subscribers, events) });
  const { ours, bare } = medianBy(rounds, (round) => round.ours / round.bare);
  const fannedOut = await broadcast(subscribers);
  const floor = { label: `a bare loop of signed POSTs, ${connections} connections`, value: bare };
  return {
    title: `Deliveries per second: ${events.toLocaleString('en')} events, ${endpoints} endpoints`,
    rows: [
      { label: 'delivered', ours, unit: '/s', floor, goal: { min: 0.3 } },
      { label: `delivered, ${broadcasts} events to all ${endpoints} endpoints each`, ours: fannedOut, unit: '/s', floor },
    ],
    notes: [`median of ${rounds.length} rounds in turns; from the commit of all events to the arrival of the last`, peers],
  };
}

/** Measures from the first commit, because the events are committed one after the other. */
async function broadcast({ receiver, publishToAll }: Subscribers): Promise<number> {
  await receiver.ask({ do: 'forget' });
  const startedAt = performance.now();
  for (let each = 0; each < broadcasts; each += 1) await publishToAll();
  const expected = broadcasts * endpoints;
  const { requests } = await receiver.ask({ do: 'awaitRequests', requests: expected, withinMs: 60_000 });
  if (requests < expected) throw new Error(`${requests} of ${expected} deliveries arrived within a minute`);
  return expected / ((performance.now() - startedAt) / 1_000);
}

async function deliverAll({ receiver, publishAll }: Subscribers, events: number): Promise<number> {
  await receiver.ask({ do: 'forget' });
  const startedAt = await publishAll(events);
  const { arrivals } = await receiver.ask({ do: 'await', events, withinMs: 60_000 });
  if (arrivals.length < events) throw new Error(`${arrivals.length} of ${events} deliveries arrived within a minute`);
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
    // Warm-up: first deliveries start a workflow per endpoint, and a hundred at once keep Temporal busy for a while.
    await latencies(subscribers, { perSecond, seconds: endpoints / perSecond + 3 });
    const ours = await latencies(subscribers, { perSecond, seconds });
    rows.push(...toRows(ours.committed, await postAtFixedRate(subscribers, perSecond, seconds), perSecond));
    notes.push(`at ${perSecond}/s, from the call that commits: ${formatPercentiles(ours.asked)}`);
  }
  rows.push(...(await measureBesideHanging(subscribers, fast, seconds)));
  notes.push(
    `${seconds} s at each rate, events to all ${endpoints} endpoints in turn; with hanging endpoints the median of ${parts} parts`,
  );
  return { title: 'From the commit of an event to its arrival at a healthy subscriber', rows, notes };
}

async function measureBesideHanging(subscribers: Subscribers, perSecond: number, seconds: number): Promise<Row[]> {
  // Warm-up: the deliveries were idle while the bare requests ran.
  await latencies(subscribers, { perSecond, seconds: 1 });
  const without = await measureParts(subscribers, { perSecond, seconds });
  await subscribers.hang(hanging);
  await latencies(subscribers, { perSecond, seconds: 2, silent: hanging });
  const beside = await measureParts(subscribers, { perSecond, seconds, silent: hanging });
  await subscribers.hang(0);
  return percents.map((percent): Row => {
    const floor = { label: 'without', value: medianPart(without, percent) };
    const label = `p${percent} at ${perSecond} events/s, ${hanging} of ${endpoints} hanging`;
    const row: Row = { label, ours: medianPart(beside, percent), unit: 'ms', floor };
    return percent === 99 ? { ...row, goal: { max: 1.2 } } : row;
  });
}

const parts = 5;

/** Measures in parts of a few seconds: autovacuum takes a fifth of a second now and then, which would dominate the p99 of one side. */
async function measureParts(subscribers: Subscribers, { seconds, ...load }: Load): Promise<number[][]> {
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

async function postAtFixedRate({ poster, receiver, body }: Subscribers, perSecond: number, seconds: number): Promise<number[]> {
  const posts = Math.round(perSecond * seconds);
  const everyMs = 1_000 / perSecond;
  return (await poster.ask({ do: 'paced', url: `${receiver.greeting.url}/ok/bare`, body, posts, everyMs })).latencies;
}

function toRows(ours: number[], bare: number[], perSecond: number): Row[] {
  return percents.map((percent) => {
    const floor = { label: "a bare POST's round trip", value: percentile(bare, percent) };
    return { label: `p${percent} at ${perSecond} events/s`, ours: percentile(ours, percent), unit: 'ms', floor };
  });
}

function formatPercentiles(values: number[]): string {
  return percents.map((percent) => `p${percent} ${percentile(values, percent).toFixed(1)} ms`).join(', ');
}

/** Milliseconds, for events to endpoints that respond. */
interface Latencies {
  /** From the commit's response. */
  committed: number[];
  /** From the call that commits, three statements earlier. */
  asked: number[];
}

interface Load {
  perSecond: number;
  seconds: number;
  /** The number of endpoints that do not respond. */
  silent?: number;
}

async function latencies({ publish, receiver }: Subscribers, { perSecond, seconds, silent = 0 }: Load): Promise<Latencies> {
  await receiver.ask({ do: 'forget' });
  const published = new Map<string, { askedAt: number; committedAt: number }>();
  await atFixedRate(Math.round(perSecond * seconds), 1_000 / perSecond, async (index) => {
    const endpoint = index % endpoints;
    const { id, ...times } = await publish(endpoint);
    if (endpoint >= silent) published.set(id, times);
  });
  const { arrivals } = await receiver.ask({ do: 'await', events: published.size, withinMs: 30_000 });
  if (arrivals.length < published.size)
    throw new Error(`${arrivals.length} of ${published.size} deliveries arrived within half a minute`);
  const since = (moment: 'askedAt' | 'committedAt') =>
    arrivals.flatMap(([id, at]) => {
      const times = published.get(id);
      // The delivery may arrive before the commit's response is read.
      return times ? [Math.max(0, at - times[moment])] : [];
    });
  return { committed: since('committedAt'), asked: since('askedAt') };
}
