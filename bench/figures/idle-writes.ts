import type { Figure, Row } from '#bench/measure/figure.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { runFullPass, runPoll } from '#bench/setup/full-pass.ts';
import type { Hub, HubPeople } from '#bench/setup/hub.ts';
import { untilQuiet } from '#bench/setup/quiet.ts';
import { isWrite, type LoggedRequest, openRequestLog } from '#bench/setup/request-log.ts';
import { callJson } from '#dev/call-json.ts';
import { waitUntil } from '#dev/wait-until.ts';

const polled = ['google', 'calltools'] as const;
const all = ['gohighlevel', 'square', 'google', 'calltools'] as const;

/** Writes without a change: of scheduled work, and of Accord's own echoes. Echoes that name a version are not read either. */
export async function idleWrites(bench: Bench, hub: Hub & HubPeople): Promise<Figure> {
  const { temporal } = bench;
  const { taskQueuePrefix: prefix } = hub;
  const listen = () => Promise.all(all.map((provider) => openRequestLog(hub.accounts[provider])));
  const measure = async (work: () => Promise<unknown>) => {
    const logs = await listen();
    await work();
    await untilQuiet(bench, hub.database);
    return (await Promise.all(logs.map((log) => log.next()))).flat();
  };
  const people = hub.plain.slice(0, 10);
  const echoes = await measure(() =>
    renameWithEchoesTwice(
      hub,
      people.map(({ gohighlevel }) => gohighlevel),
    ),
  );
  const echoPolls = await measure(() => inTurn(polled, (provider) => runPoll(temporal, provider, prefix)));
  const polls = await measure(() => inTurn(polled, (provider) => runPoll(temporal, provider, prefix)));
  const passes = await measure(() => inTurn(all, (provider) => runFullPass(temporal, provider, prefix)));
  const known = hub.plain.length + hub.leads.length;
  return {
    title: 'Writes without a change, four providers connected',
    rows: [
      toRow(
        'renamed in GoHighLevel, all webhooks sent twice: writes beyond one at Square and one at Google',
        writes(echoes) - 2 * people.length,
      ),
      toRow("… reads of the customers that Square's webhooks about these writes name", echoes.filter(isReadInSquare).length),
      toRow("a poll of Google and CallTools that returns Accord's own writes", writes(echoPolls)),
      toRow('a poll of both that returns nothing', writes(polls)),
      toRow(`a pass over all four, ${known} contacts`, writes(passes)),
    ],
    notes: [
      `calls: ${echoes.length} for ${people.length} renames with echoes, ${echoPolls.length} and ${polls.length} for the polls, ${passes.length} for the passes`,
    ],
  };
}

function toRow(label: string, ours: number): Row {
  return { label, ours, unit: '', goal: { max: 0 } };
}

function writes(requests: readonly LoggedRequest[]): number {
  return requests.filter(isWrite).length;
}

function isReadInSquare({ method, path }: LoggedRequest): boolean {
  return method === 'GET' && path.startsWith('/v2/customers/');
}

async function inTurn<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  for (const item of items) await work(item);
}

/** Resolves when Square and Google have been written. */
async function renameWithEchoesTwice({ accounts }: Hub, ids: string[]): Promise<void> {
  const { gohighlevel, square, google } = accounts;
  const setTwice = (duplicate: boolean) =>
    inTurn([gohighlevel, square], ({ control }) => callJson(`${control}/webhooks`, { method: 'PUT', body: { duplicate } }));
  const logs = await Promise.all([square, google].map((account) => openRequestLog(account)));
  let written = 0;
  await setTwice(true);
  const contacts = ids.map((id) => ({ id, firstName: 'Grace' }));
  await callJson(`${gohighlevel.control}/records`, { method: 'POST', body: { contacts } });
  await waitUntil('the writes at Square and Google', async () => {
    for (const log of logs) written += (await log.next()).filter(isWrite).length;
    if (written < 2 * ids.length) throw new Error(`${written} of ${2 * ids.length} writes were made`);
  });
  await setTwice(false);
}
