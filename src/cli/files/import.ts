import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Command } from 'commander';
import { parse } from 'yaml';
import { type ApiOptions, callApi, withApi } from '#cli/call-api.ts';
import { CommandError, exitCodes } from '#cli/exit-codes.ts';
import { pollApi } from '#cli/poll-api.ts';
import { showLine, showProgress } from '#cli/screen.ts';
import { assertFile } from './assert-file.ts';
import { sendFile } from './send-file.ts';
import { type Import, isUnderWay, showImport } from './show-import.ts';

interface ImportOptions extends ApiOptions {
  dryRun?: boolean;
  mapping?: string;
}

/** `accord import` */
export function importCommand(): Command {
  return withApi(new Command('import'))
    .description(
      'import the people of a CSV or vCard file: an export of Google Contacts, Square, HighLevel or Accord, or any file with a mapping',
    )
    .argument('<file>', 'the file')
    .option('--dry-run', 'change nothing, and report what would be imported')
    .option('--mapping <file>', 'the fields of the columns of a CSV file, in YAML or JSON: see docs/operating.md')
    .action(importFile);
}

async function importFile(path: string, { dryRun = false, mapping, ...options }: ImportOptions): Promise<void> {
  await assertFile(path);
  const body = { fileName: basename(path), isDryRun: dryRun, mapping: mapping === undefined ? null : await readMapping(mapping) };
  const { import: announced, partBytes } = await callApi<{ import: Import; partBytes: number }>(options, {
    ...{ method: 'POST', path: '/api/v1/imports', body },
  });
  const at = `/api/v1/imports/${announced.id}`;
  await sendFile(options, { path, at, partBytes });
  await callApi(options, { method: 'POST', path: `${at}/start` });
  const ended = await follow(options, at);
  if (options.json) showLine(JSON.stringify(ended, null, 2));
  else showImport(ended, ['accord import', path, ...(mapping === undefined ? [] : ['--mapping', mapping])].join(' '));
  if (ended.state !== 'completed' && ended.state !== 'checked' && ended.state !== 'repeated') process.exitCode = exitCodes.failed;
}

async function follow(options: ApiOptions, path: string): Promise<Import> {
  let bar: ReturnType<typeof showProgress> | null = null;
  const { import: ended } = await pollApi<{ import: Import }>(options, path, {
    isDone: ({ import: run }) => !isUnderWay(run),
    onRead: ({ import: { rows, done } }) => {
      if (rows > 0 && !options.json) bar ??= showProgress('Rows', rows);
      bar?.update(done);
    },
  }).finally(() => bar?.stop());
  return ended;
}

/** The api checks it. */
async function readMapping(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new CommandError(`There is no mapping ${path}.`, exitCodes.notFound);
  });
  try {
    return parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : '';
    throw new CommandError(`${path} is neither YAML nor JSON: ${reason}`, exitCodes.usage);
  }
}
