import { explainError } from '#cli/explain-error.ts';
import { type Config, ConfigError, loadConfig } from '#config.ts';
import { openDatabase, pingDatabase } from '#db/database.ts';
import { findSchemaProblem } from '#db/pending-migrations.ts';
import { splitRemedy } from '#domain/split-remedy.ts';
import type { Finding } from './finding.ts';

const deadlineMs = 3_000;

/** Problems of this shell's settings, and of the servers that they name. */
export async function findLocalProblems(): Promise<Finding[]> {
  try {
    const config = loadConfig({ need: ['database'] });
    return [
      ...(await findDatabaseProblems(config.database.url)),
      ...(await findTemporalProblems(config)),
      ...config.notify.closed.map((each) => toFinding('notify', each)),
    ];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => toFinding('settings', problem));
  }
}

async function findDatabaseProblems(url: string): Promise<Finding[]> {
  const db = openDatabase({ url, poolSize: 1, onError: () => {} });
  try {
    await pingDatabase(db);
    const problem = await findSchemaProblem(db);
    return problem === null ? [] : [toFinding('database', problem)];
  } catch (error) {
    const message = explainError(error, { DATABASE_URL: url })?.message ?? String(error);
    return [toFinding('database', message, 'Correct DATABASE_URL.')];
  } finally {
    await db.destroy();
  }
}

async function findTemporalProblems(config: Readonly<Config>): Promise<Finding[]> {
  // Temporal's client takes long to load, and most commands need none.
  const { createTemporalClient } = await import('#temporal.ts');
  const { findMissingParts, findNamespaceProblem } = await import('#temporal-problems.ts');
  const { listScheduleIds, schedulesOf } = await import('#schedules.ts');
  const client = createTemporalClient(config.workspace?.temporal);
  try {
    const problem = await findNamespaceProblem(client, deadlineMs);
    const problems = problem === null ? await findMissingParts(client, listScheduleIds(schedulesOf(config))) : [problem];
    return problems.map((each) => toFinding('temporal', each, 'Start Temporal, or correct TEMPORAL_ADDRESS.'));
  } finally {
    await client.connection.close();
  }
}

function toFinding(check: string, problem: string, otherwise: string | null = null): Finding {
  const { says, fix } = splitRemedy(problem);
  return { check, severity: 'error', says, fix: fix ?? otherwise };
}
