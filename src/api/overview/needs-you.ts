import { z } from 'zod';
import { markRecordsDirty, requestSync, retryRunning } from '#api/contacts/contact-workflow.ts';
import type { ApiDeps } from '#api/deps.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { recordAudit } from '#db/audit-log.ts';
import { countOpenQuestions, listFailedContacts, listFailureGroups } from '#db/sync/failures.ts';

const maxGroups = 50;
/** Contacts that one request retries: the signal of each takes some milliseconds. */
const maxRetried = 200;

const cause = {
  provider: z.string().max(100),
  type: z.string().max(100).meta({ description: 'The class of the error.', example: 'InvalidRequestError' }),
  operation: z.string().max(100).meta({ description: 'The call that failed.' }),
};

const failureGroup = z
  .object({
    ...cause,
    message: z.string().meta({ description: 'The most frequent message, in one sentence.' }),
    isPermanent: z.boolean().meta({ description: 'A retry fails until a person changes something.' }),
    contacts: z.int(),
    since: z.iso.datetime(),
    contactId: z.uuid().meta({ description: 'One of the contacts, as an example.' }),
  })
  .meta({ id: 'FailureGroup' });

export const openQuestions = z
  .object({
    candidates: z.int().meta({ description: 'Pairs of contacts that may be one person.' }),
    conflicts: z.int().meta({ description: 'Records that keep another value until a person decides.' }),
    submissions: z.int().meta({ description: 'Form submissions whose changes wait for proof.' }),
    failures: z.int().meta({ description: 'Contacts that could not be written.' }),
  })
  .meta({ id: 'OpenQuestions' });

export const needsYouOperations = [
  defineOperation({
    method: 'get',
    path: '/api/v1/needs-you',
    tag: 'Overview',
    summary: 'What waits for a person, and failures by their cause',
    scope: 'sync:read',
    response: {
      status: 200,
      description: 'The counts, and the most frequent causes',
      data: z.object({ counts: openQuestions, failures: z.array(failureGroup) }),
    },
    async handle(_input, { db }) {
      const [counts, groups] = await Promise.all([countOpenQuestions(db), listFailureGroups(db, maxGroups)]);
      const failures = groups.map(({ permanent, since, ...group }) => ({
        ...group,
        isPermanent: permanent,
        since: since.toISOString(),
      }));
      return { counts, failures };
    },
  }),
  defineOperation({
    method: 'post',
    path: '/api/v1/needs-you/retry',
    tag: 'Overview',
    summary: 'Retry all contacts of one cause',
    description: `At most ${maxRetried} in one request: \`next\` is the cursor of the next one.`,
    scope: 'sync:write',
    body: z.strictObject({
      ...cause,
      cursor: z.uuid().optional(),
      dryRun: z.boolean().default(false).meta({ description: 'Only counts.' }),
    }),
    response: {
      status: 202,
      description: 'The number of contacts that are retried',
      data: z.object({ retried: z.int(), next: z.uuid().nullable() }),
    },
    async handle({ body: { cursor = null, dryRun, ...wanted }, actor }, deps) {
      const ids = await listFailedContacts(deps.db, wanted, { after: cursor, limit: maxRetried });
      if (!dryRun) {
        for (const id of ids) await retry(deps, id);
        await recordAudit(deps.db, {
          actor,
          action: 'contact.retry-all',
          target: 'several',
          details: { ...wanted, retried: ids.length },
        });
      }
      return { retried: ids.length, next: ids.length === maxRetried ? (ids.at(-1) ?? null) : null };
    },
  }),
];

async function retry(deps: ApiDeps, id: string): Promise<void> {
  if (!(await retryRunning(deps, id))) await requestSync(deps, id, await markRecordsDirty(deps, id));
}
