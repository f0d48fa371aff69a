import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { Download } from '#api/rest/download.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { toCsvHeader, toCsvRows } from '#contact-files/csv/write-csv.ts';
import { toVcards } from '#contact-files/vcard/write-vcards.ts';
import { recordAudit } from '#db/audit-log.ts';
import { contactQuery, findPage } from './contact-list.ts';

const exportQuery = contactQuery.omit({ cursor: true, limit: true }).extend({ format: z.enum(['csv', 'vcard']).default('csv') });

type Wanted = z.output<typeof exportQuery>;

export const exportOperations = [
  defineOperation({
    method: 'get',
    path: '/api/v1/contacts/export',
    tag: 'Imports and exports',
    summary: 'Download contacts as a file',
    description:
      'The contacts that `GET /api/v1/contacts` lists with the same filter, as CSV or as vCard 3.0. A cell that a spreadsheet would run as a ' +
      'formula begins with an apostrophe; a phone number such as `+15125550143` has none. Extras of accord.yaml are columns such as ' +
      '`extras.membership`, in a vCard properties such as `X-ACCORD-EXTRA-MEMBERSHIP`. An import of the file changes nothing.',
    scope: 'exports:read',
    query: exportQuery,
    response: { status: 200, description: 'The file', data: z.string(), isBare: true, downloads: ['text/csv', 'text/vcard'] },
    async handle({ query, actor }, deps) {
      const { format, ...filter } = query;
      const { extras = [] } = deps.contacts;
      await recordAudit(deps.db, { actor, action: 'contacts.export', target: format, details: { filters: Object.keys(filter) } });
      const filename = `contacts-${new Date().toISOString().slice(0, 10)}.${format === 'csv' ? 'csv' : 'vcf'}`;
      return format === 'csv'
        ? new Download({
            type: 'text/csv; charset=utf-8',
            filename,
            chunks: toChunks(deps, query, toCsvRows, toCsvHeader(extras)),
          })
        : new Download({ type: 'text/vcard; charset=utf-8', filename, chunks: toChunks(deps, query, toVcards) });
    },
  }),
];

const pageSize = 200;

/** Page by page, so that an export of any length takes little memory. */
async function* toChunks(
  deps: ApiDeps,
  { format: _, ...filter }: Wanted,
  write: typeof toCsvRows,
  header?: string,
): AsyncGenerator<string> {
  if (header !== undefined) yield header;
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: Awaited<ReturnType<typeof findPage>> = await findPage(deps, { ...filter, cursor, limit: pageSize });
    if (page.contacts.length > 0) yield write(page.contacts, deps.contacts.extras ?? []);
    cursor = page.next;
  }
}
