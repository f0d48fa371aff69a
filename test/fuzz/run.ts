import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Command, InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { mapConcurrently } from '#concurrency/map-concurrently.ts';
import globalSetup from '#test/setup/global-setup.ts';
import globalTeardown from '#test/setup/global-teardown.ts';
import { findFault, isLate, limitMs } from './judge.ts';
import { endlessRequests, type FuzzRequest, requests } from './requests.ts';
import type { Answer } from './send.ts';
import { type FuzzTarget, startTarget } from './target.ts';

/**
 * `npm run fuzz`: sends mutated requests to every public route of a running api, signed where that leads further, and reports answers
 * with 5xx, answers that do not end, and growing memory. `test/fuzz/fuzz.test.ts` sends some on every test run.
 */
const options = new Command('fuzz')
  .option('--requests <count>', 'how many requests', toCount, 20_000)
  .option('--seed <number>', 'the same seed makes the same requests', toCount, 1)
  .parse()
  .opts<{ requests: number; seed: number }>();

const concurrency = 16;
const blockSize = 500;
/** A request may take 15 seconds to arrive. */
const endlessLimitMs = 20_000;
/** Of the heap after the run to the heap after a tenth of it. */
const maxGrowth = 1.5;

const faults = new Map<string, { count: number; first: string }>();
let lateOnce = 0;
const statuses = new Map<number | null, number>();
await globalSetup();
try {
  const target = await startTarget();
  process.exitCode = (await run(target)) ? 0 : 1;
  await target.close();
} finally {
  await globalTeardown();
}
// The Temporal runtime keeps a thread of its own alive.
process.exit();

async function run(api: FuzzTarget): Promise<boolean> {
  let warm: number | null = null;
  for (let done = 0; done < options.requests; done += blockSize) {
    const numRuns = Math.min(blockSize, options.requests - done);
    await sendAll(api, fc.sample(requests, { seed: options.seed + done, numRuns }), limitMs);
    if (warm === null && done + numRuns >= options.requests / 10) warm = heapMb();
    console.log(`${done + numRuns} of ${options.requests} requests, ${faults.size} kinds of faults`);
  }
  const end = heapMb();
  await sendAll(api, endlessRequests, endlessLimitMs);
  return report(warm ?? end, end);
}

async function sendAll(api: FuzzTarget, batch: FuzzRequest[], limit: number): Promise<void> {
  const late: FuzzRequest[] = [];
  await mapConcurrently(batch, limit > limitMs ? batch.length : concurrency, async (request) => {
    const answer = await api.answer(request, limit);
    if (isLate(answer, limit)) late.push(request);
    else judge(request, answer, limit);
  });
  // The machine may have been busy. A request that makes the api hang does so again.
  lateOnce += late.length;
  for (const request of late) judge(request, await api.answer(request, limit), limit);
}

function judge(request: FuzzRequest, answer: Answer, limit: number): void {
  statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  const fault = findFault(request, answer, limit);
  if (fault === null) return;
  const route = request.target.split('?')[0]?.replaceAll(/[^/]{25,}/g, '…');
  const kind = `${request.method} ${route}: ${fault}`;
  const found = faults.get(kind) ?? { count: 0, first: `${describe(request)}\n  ${answer.text.slice(0, 300)}` };
  faults.set(kind, { ...found, count: found.count + 1 });
}

function report(warm: number, end: number): boolean {
  const counts = [...statuses]
    .toSorted(([a], [b]) => (a ?? 0) - (b ?? 0))
    .map(([status, count]) => `${status ?? 'cut'}: ${count}`);
  console.log(`\nResponses by status: ${counts.join(', ')}`);
  for (const [kind, { count, first }] of faults) console.log(`\n${count} × ${kind}\n  ${first}`);
  if (lateOnce > 0)
    console.log(`\n${lateOnce} answers were late and came in time when asked for again, unless they are listed above`);
  const growth = end / warm;
  console.log(`\nHeap ${end.toFixed(0)} MB after the run, ${warm.toFixed(0)} MB after a tenth of it: ${growth.toFixed(2)} times`);
  console.log(`${faults.size} kinds of faults, seed ${options.seed}`);
  return faults.size === 0 && growth <= maxGrowth;
}

function describe({ method, target: path, headers, body, framing, signer }: FuzzRequest): string {
  const text = body.toString();
  return JSON.stringify({
    method,
    path,
    headers,
    framing,
    signer,
    body: text.length > 1_500 ? `${text.slice(0, 1_500)}…` : text,
  });
}

/** The heap of the api and of this program, without garbage. */
function heapMb(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed / 1e6;
}

function toCount(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Not a number.');
  return Number(text);
}
