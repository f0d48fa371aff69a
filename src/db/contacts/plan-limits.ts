import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { HardRule } from '#domain/matching/evidence.ts';
import type { HeldRefusal, ReachKeys } from '#domain/refusal.ts';
import { type OpenQuestion, selectOpenQuestions } from './matching/open-questions.ts';
import { selectRefused } from './refused-keys.ts';

/** Limits that other contacts put on the plan of a contact. */
export interface PlanLimits {
  /** The contact's keys that another one, or the suppression list, refuses. */
  refused: HeldRefusal[];
  /** Creates wait for their answers. */
  questions: OpenQuestion[];
}

/** `listRefused` and `listOpenQuestions` in one round trip: every change of a contact needs both. */
export async function findPlanLimits(
  db: Database,
  contactId: string,
  { keys, exceptRules }: { keys: ReachKeys; exceptRules: readonly HardRule[] },
): Promise<PlanLimits> {
  const { rows } = await sql<PlanLimits>`
    select
      (select coalesce(json_agg(refused), '[]') from (${selectRefused(contactId, keys)}) as refused) as refused,
      (select coalesce(json_agg(question), '[]') from (${selectOpenQuestions(contactId, { exceptRules })}) as question) as questions`.execute(
    db,
  );
  return rows[0] ?? { refused: [], questions: [] };
}
