import type { ApiDeps } from '#api/deps.ts';
import { cacheFor } from '#concurrency/cache-for.ts';
import { withTimeout } from '#concurrency/with-timeout.ts';
import { pingDatabase } from '#db/database.ts';
import { findSchemaProblem } from '#db/pending-migrations.ts';
import { findMissingParts, findNamespaceProblem } from '#temporal-problems.ts';

export interface Readiness {
  isReady: boolean;
  database: 'up' | 'down';
  /** Without Temporal, webhooks are still stored, and synced when it is back. */
  temporal: 'up' | 'down';
  /** Sentences with the remedy. */
  problems: string[];
}

type Deps = Pick<ApiDeps, 'db' | 'temporal' | 'scheduleIds'>;

/** Checks the dependencies of the process. Results are cached, because the route needs no API key. */
export async function readReadiness(deps: Deps): Promise<Readiness> {
  const [database, namespace] = await Promise.all([isDatabaseUp(deps), findTemporalProblem(deps)]);
  const schema = database ? await findCachedSchemaProblem(deps) : 'PostgreSQL does not answer.';
  const missing = namespace === null ? await findParts(deps) : [];
  return {
    isReady: schema === null,
    database: database ? 'up' : 'down',
    temporal: namespace === null ? 'up' : 'down',
    problems: [schema, namespace, ...missing].filter((problem) => problem !== null),
  };
}

const deadlineMs = 2_000;

/** Whether the database answers. */
export const isDatabaseUp = cacheFor(1_000, ({ db }: Deps) =>
  withTimeout(pingDatabase(db), { ms: deadlineMs }).then(
    () => true,
    () => false,
  ),
);

const findCachedSchemaProblem = cacheFor(1_000, ({ db }: Deps) => findSchemaProblem(db));

const findTemporalProblem = cacheFor(1_000, ({ temporal }: Deps) => findNamespaceProblem(temporal, deadlineMs / 2));

/** Nothing while Temporal does not answer. */
const findParts = cacheFor(10_000, ({ temporal, scheduleIds = [] }: Deps) =>
  withTimeout(findMissingParts(temporal, scheduleIds), { ms: deadlineMs }).catch(() => []),
);
