import { z } from 'zod';
import { regionsOf } from '#api/contacts/regions-of.ts';
import { Download } from '#api/rest/download.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { toCsvLines } from '#contact-files/csv/csv-lines.ts';
import { recordAudit } from '#db/audit-log.ts';
import { listSuppressions, type SuppressionFilter } from '#db/consent/suppressions.ts';
import type { Database } from '#db/database.ts';
import { reason } from './consent-schemas.ts';
import { importSuppressions } from './import-suppressions.ts';
import { toSearchedPart } from './searched-part.ts';
import { showSuppression, suppressionFilter } from './suppressions.ts';

export const suppressionFileOperations = [
  defineOperation({
    method: 'post',
    path: '/api/v1/suppressions/import',
    tag: 'Consent',
    summary: 'Suppress the numbers and addresses of a CSV file',
    description:
      'One number or address per row, in the column `phone`, `number`, `email`, `address` or `value`, or otherwise in the first column. The ' +
      'columns `channel` (such as `call sms`), `reason` and `wording` are optional. The file is read and stored while it arrives; sending it ' +
      'again adds nothing. A row that cannot be read does not affect the others.',
    scope: 'sync:write',
    uploads: ['text/csv'],
    query: z.strictObject({
      dryRun: z
        .enum(['true', 'false'])
        .default('false')
        .meta({ description: '`true`: stores nothing, and returns the same counts.' }),
      reason: reason.optional().meta({ description: 'The reason for rows without one, such as the origin of the file.' }),
      region: z
        .string()
        .regex(/^[A-Z]{2}$/)
        .optional()
        .meta({ description: 'The country of numbers without a country code. Default: the country of the accounts.' }),
    }),
    response: {
      status: 200,
      description: 'The numbers of added, known and failed rows',
      data: z.object({
        dryRun: z.boolean(),
        rows: z.int(),
        added: z.int().meta({ description: 'Entries added to the list, one per channel.' }),
        known: z.int().meta({ description: 'Entries that were on the list already.' }),
        failed: z.int().meta({ description: 'Rows that could not be read.' }),
        errors: z.array(z.object({ line: z.int(), detail: z.string() })).meta({ description: 'The first 100.' }),
      }),
    },
    async handle({ query, file, actor }, deps) {
      const isDryRun = query.dryRun === 'true';
      const regions = query.region === undefined ? regionsOf(deps) : [query.region];
      const result = await importSuppressions(deps, file, { isDryRun, regions, actor, reason: query.reason ?? null });
      const { errors: _, ...counts } = result;
      if (!isDryRun) await recordAudit(deps.db, { actor, action: 'suppression.import', target: 'suppressions', details: counts });
      return { dryRun: isDryRun, ...result };
    },
  }),
  defineOperation({
    method: 'get',
    path: '/api/v1/suppressions/export',
    tag: 'Consent',
    summary: 'Export the suppression list as CSV',
    description: '`POST /api/v1/suppressions/import` accepts the file.',
    scope: 'sync:read',
    query: z.strictObject(suppressionFilter),
    response: { status: 200, description: 'The entries, one per channel', data: z.null(), downloads: ['text/csv'] },
    async handle({ query: { q, ...filter } }, deps) {
      const wanted = { ...filter, q: q === undefined ? undefined : toSearchedPart(q, regionsOf(deps)) };
      const filename = `suppressions-${new Date().toISOString().slice(0, 10)}.csv`;
      return new Download({ type: 'text/csv; charset=utf-8', filename, chunks: toCsv(deps.db, wanted) });
    },
  }),
];

const pageSize = 1_000;
const columns = ['value', 'kind', 'channel', 'reason', 'via', 'actor', 'createdAt'] as const;

async function* toCsv(db: Database, filter: SuppressionFilter): AsyncGenerator<string> {
  yield toCsvLines([columns]);
  for (let cursor: string | undefined; ; ) {
    const rows = await listSuppressions(db, { filter, cursor, limit: pageSize });
    yield toCsvLines(rows.map(showSuppression).map((row) => columns.map((column) => row[column])));
    if (rows.length < pageSize) return;
    cursor = rows.at(-1)?.id;
  }
}
