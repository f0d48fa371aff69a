#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { styleText } from 'node:util';
import addCompletion from '@bomb.sh/tab/commander';
import { Command, CommanderError } from 'commander';
import { readVersion } from '#api/version.ts';
import { apiCommand } from './api.ts';
import { connectCommand, disconnectCommand } from './connect/connect.ts';
import { consentCommand } from './consent/consent.ts';
import { suppressCommand } from './consent/suppress.ts';
import { suppressionsCommand } from './consent/suppressions.ts';
import { candidatesCommand } from './contacts/candidates.ts';
import { contactCommand } from './contacts/contact.ts';
import { historyCommand } from './contacts/history.ts';
import { mergeCommand, splitCommand, undoCommand } from './contacts/merges.ts';
import { retryCommand } from './contacts/retry.ts';
import { submissionsCommand } from './contacts/submissions.ts';
import { syncCommand } from './contacts/sync.ts';
import { deletesCommand } from './deletes/deletes.ts';
import { doctorCommand } from './doctor/doctor.ts';
import { erasePersonCommand } from './erasures/erase-person.ts';
import { erasuresCommand } from './erasures/erasures.ts';
import { exportPersonCommand } from './erasures/export-person.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { explainError } from './explain-error.ts';
import { exportCommand } from './files/export.ts';
import { importCommand } from './files/import.ts';
import { importProblemsCommand } from './files/import-problems.ts';
import { goLiveCommand, pauseCommand, resumeCommand } from './go-live/go-live.ts';
import { planCommand } from './go-live/plan.ts';
import { keysCommand } from './keys.ts';
import { matchingCommand } from './matching.ts';
import { migrateCommand } from './migrate.ts';
import { passesCommand } from './passes.ts';
import { restoredCommand } from './restored.ts';
import { statusCommand } from './status.ts';
import { upCommand } from './up/up.ts';
import { workerCommand } from './worker.ts';
import { workspacesCommand } from './workspaces/workspaces.ts';

const program = new Command('accord')
  .description('Keeps the contacts of a small business the same in all of its systems.')
  .version(readVersion(), '-V, --version')
  .option('--no-env-file', 'do not read .env (`up` never reads it: its accounts are sandboxes)')
  .option('--workspace <name>', 'the workspace of the command; else ACCORD_WORKSPACE, else the one of accord.yaml')
  .hook('preAction', (program, command) => {
    if (program.opts().envFile && command.name() !== 'up' && existsSync('.env')) process.loadEnvFile('.env');
    if (program.opts().workspace) process.env.ACCORD_WORKSPACE = program.opts().workspace;
    dropBlanks(process.env);
  });

const commands = [
  ...[
    upCommand(),
    apiCommand(),
    workerCommand(),
    matchingCommand(),
    migrateCommand(),
    restoredCommand(),
    keysCommand(),
    workspacesCommand(),
  ],
  ...[connectCommand(), disconnectCommand()],
  ...[planCommand(), goLiveCommand(), pauseCommand(), resumeCommand()],
  ...[importCommand(), importProblemsCommand(), exportCommand()],
  ...[
    candidatesCommand(),
    mergeCommand(),
    splitCommand(),
    undoCommand(),
    submissionsCommand(),
    deletesCommand(),
    passesCommand(),
  ],
  ...[contactCommand(), historyCommand(), syncCommand(), retryCommand(), statusCommand(), doctorCommand()],
  ...[consentCommand(), suppressCommand(), suppressionsCommand()],
  ...[exportPersonCommand(), erasePersonCommand(), erasuresCommand()],
];
for (const command of commands) program.addCommand(command);
addCompletion(program, { completionCommandName: 'completion' });
exitAsDocumented(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
  // An open connection would keep the process alive.
  setTimeout(() => process.exit(), 2_000).unref();
}

/** Prints the error in one sentence, and returns the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  const { message, exitCode } = error instanceof CommandError ? error : (explainError(error, process.env) ?? toFailure(error));
  console.error(`${styleText('red', 'accord:', { stream: process.stderr })} ${message}`);
  if (process.env.LOG_LEVEL === 'debug') console.error(error);
  return exitCode;
}

function toFailure(error: unknown): { message: string; exitCode: number } {
  return { message: error instanceof Error ? error.message : String(error), exitCode: exitCodes.failed };
}

/** Commander prints a usage error, and throws it instead of ending the process with 1. */
function exitAsDocumented(command: Command): void {
  command.exitOverride();
  for (const each of command.commands) exitAsDocumented(each);
}

/**
 * `NAME=` counts as unset, also for Temporal's own settings: its SDK would open a file without a name, and look for a host whose name ends
 * with a line break. Files with secrets often end with one.
 */
function dropBlanks(env: NodeJS.ProcessEnv): void {
  for (const [name, value = ''] of Object.entries(env)) {
    if (value === '') delete env[name];
    else if (/^(TEMPORAL|ACCORD)_/.test(name)) env[name] = value.trim();
  }
}
