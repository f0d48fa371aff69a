import { Command } from 'commander';
import { type ApiOptions, callApi, withApi } from '#cli/call-api.ts';
import { CommandError, exitCodes } from '#cli/exit-codes.ts';
import { showLine } from '#cli/screen.ts';
import { type Erasure, showErasure } from './show-erasure.ts';

interface Options extends ApiOptions {
  retry?: boolean;
  lift?: boolean;
  reason?: string;
}

/** `accord erasures` */
export function erasuresCommand(): Command {
  return withApi(new Command('erasures'))
    .description('show erasures of people, with the state at each vendor')
    .argument('[id]', 'of one erasure')
    .option('--retry', 'ask the vendors again now: of one erasure, or of all that are open')
    .option('--lift', 'lift one erasure: records and forms of the person create a contact again. Needs --reason')
    .option('--reason <text>', 'why it is lifted, without personal data')
    .action(erasures);
}

async function erasures(id: string | undefined, options: Options): Promise<void> {
  if (options.lift) return print(options, [await lift(id, options)]);
  const shown =
    id === undefined
      ? (await callApi<{ data: Erasure[] }>(options, { method: 'GET', path: '/api/v1/erasures' })).data
      : [await callApi<Erasure>(options, { method: 'GET', path: `/api/v1/erasures/${encodeURIComponent(id)}` })];
  if (!options.retry) return print(options, shown);
  const open = shown.filter(({ state }) => state === 'running');
  const retried: Erasure[] = [];
  for (const each of open)
    retried.push(await callApi<Erasure>(options, { method: 'POST', path: `/api/v1/erasures/${each.id}/retry` }));
  print(options, retried);
}

function lift(id: string | undefined, options: Options): Promise<Erasure> {
  const { reason } = options;
  if (id === undefined || reason === undefined)
    throw new CommandError(
      '--lift needs the id of an erasure and --reason: accord erasures <id> --lift --reason "…".',
      exitCodes.usage,
    );
  return callApi<Erasure>(options, { method: 'POST', path: `/api/v1/erasures/${encodeURIComponent(id)}/lift`, body: { reason } });
}

function print({ json }: ApiOptions, shown: Erasure[]): void {
  if (json) showLine(JSON.stringify(shown, null, 2));
  else if (shown.length === 0) showLine('no erasures');
  else for (const each of shown) showErasure(each);
}
