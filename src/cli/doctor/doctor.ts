import { Command } from 'commander';
import { type ApiOptions, callApi, withApi } from '#cli/call-api.ts';
import { CommandError, exitCodes } from '#cli/exit-codes.ts';
import { showFinding, showLine } from '#cli/screen.ts';
import { splitRemedy } from '#domain/split-remedy.ts';
import { findConnectionProblems } from './connection-findings.ts';
import type { Finding } from './finding.ts';
import { findLocalProblems } from './local-findings.ts';

/** `accord doctor` */
export function doctorCommand(): Command {
  return withApi(new Command('doctor'))
    .description('find out what is wrong, and say how to correct it; ends with 1 when something does not work')
    .option('--check', 'ask every vendor anew about credentials, fields, buckets and webhooks (and subscribe to webhooks)')
    .action(doctor);
}

async function doctor({ check = false, ...options }: ApiOptions & { check?: boolean }): Promise<void> {
  const findings = await findProblems(options, check);
  if (options.json) showLine(JSON.stringify({ findings }, null, 2));
  else if (findings.length === 0) showLine('All is well.');
  else for (const finding of findings) showFinding(finding);
  if (findings.some(({ severity }) => severity === 'error')) process.exitCode = exitCodes.failed;
}

/** The api knows the most. Without it, the servers that it needs are looked at from here, with the settings of this shell. */
async function findProblems(options: ApiOptions, checksAnew: boolean): Promise<Finding[]> {
  try {
    const { findings } = await callApi<{ findings: Finding[] }>(options, { method: 'GET', path: '/api/v1/findings' });
    return [...(await findConnectionProblems(options, { checksAnew })), ...findings];
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return [{ check: 'api', severity: 'error', ...splitRemedy(error.message) }, ...(await findLocalProblems())];
  }
}
