import { z } from 'zod';
import { defineOperation } from '#api/rest/operation.ts';
import { countOpenQuestions, listFailureGroups } from '#db/sync/failures.ts';

const maxGroups = 50;

const failureGroup = z
  .object({
    provider: z.string(),
    type: z.string().meta({ description: 'The class of the error.', example: 'InvalidRequestError' }),
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
    deletes: z.int().meta({ description: 'Requests to delete records whose person was deleted at another account.' }),
    failures: z.int().meta({ description: 'Contacts that could not be written.' }),
  })
  .meta({ id: 'OpenQuestions' });

export const needsYouOperations = [
  defineOperation({
    method: 'get',
    path: '/api/v1/needs-you',
    tag: 'Overview',
    summary: 'List open decisions and failures, grouped by cause',
    description: '`POST /api/v1/contacts/retry` retries all contacts of a cause.',
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
];
