#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { apiCommand } from './api.ts';
import { candidatesCommand } from './candidates.ts';
import { goLiveCommand, pauseCommand, resumeCommand } from './go-live.ts';
import { keysCommand } from './keys.ts';
import { matchingCommand } from './matching.ts';
import { mergeCommand, splitCommand, undoCommand } from './merges.ts';
import { migrateCommand } from './migrate.ts';
import { planCommand } from './plan.ts';
import { upCommand } from './up.ts';
import { workerCommand } from './worker.ts';

const program = new Command('accord')
  .description('Keeps the contacts of a small business the same in all of its systems.')
  .option('--no-env-file', 'do not read .env (`up` never reads it: its accounts are sandboxes)')
  .hook('preAction', (program, command) => {
    if (program.opts().envFile && command.name() !== 'up' && existsSync('.env')) process.loadEnvFile('.env');
    dropBlanks(process.env);
  });

const commands = [
  ...[upCommand(), apiCommand(), workerCommand(), matchingCommand(), migrateCommand(), keysCommand()],
  ...[planCommand(), goLiveCommand(), pauseCommand(), resumeCommand()],
  ...[candidatesCommand(), mergeCommand(), splitCommand(), undoCommand()],
];
for (const command of commands) program.addCommand(command);

try {
  await program.parseAsync();
} catch (error) {
  console.error(`${styleText('red', 'accord:', { stream: process.stderr })} ${error instanceof Error ? error.message : error}`);
  if (process.env.LOG_LEVEL === 'debug') console.error(error);
  process.exitCode = 1;
  // An open connection would keep the process alive.
  setTimeout(() => process.exit(), 2_000).unref();
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
