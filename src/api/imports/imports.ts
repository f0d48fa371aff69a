import { z } from 'zod';
import { regionsOf } from '#api/contacts/regions-of.ts';
import type { ApiDeps } from '#api/deps.ts';
import { ApiProblem, conflict, notFound } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { idParameter, nextCursor, pageQuery, toPage } from '#api/rest/page.ts';
import { assertExtras, type Mapping, mappingSchema } from '#contact-files/csv/mapping.ts';
import { FileProblem } from '#contact-files/file-problem.ts';
import { moveImport } from '#contacts/imports/move-import.ts';
import { recordAudit } from '#db/audit-log.ts';
import { type ContactImport, findImport, insertImport, listImports } from '#db/imports/imports.ts';
import { findGap, removeParts, savePart } from '#db/imports/parts.ts';
import { findImportsWithRows, listFilteredRows, removeRows } from '#db/imports/rows.ts';
import { importOutcomes, isUnderWay } from '#domain/import.ts';
import { startImport } from '#temporal.ts';
import { partBytes, showImport, shownImport, shownRow, showRow } from './import-schemas.ts';
import { exportProblems } from './problem-file.ts';

const root = '/api/v1/imports';
const scope = 'imports:write' as const;
const tag = 'Imports and exports';
/** A gigabyte: more than a million rows. */
const maxParts = 1_024;

export const importOperations = [
  defineOperation({
    method: 'post',
    path: root,
    ...{ tag, scope },
    summary: 'Create an import',
    description:
      'Then send the file in parts, and start the import. Exports of Google Contacts, Square, HighLevel and Accord are recognised by their ' +
      'header, vCard 2.1, 3.0 and 4.0 by their content. Any other CSV file needs a `mapping`. An import adds values that contacts lack, and ' +
      'replaces none. Observed accounts are not written to.',
    body: z.strictObject({
      fileName: z.string().regex(/\S/, 'cannot be blank').max(200),
      isDryRun: z
        .boolean()
        .default(false)
        .meta({ description: 'Checks the rows and reports the outcome, without importing them.' }),
      mapping: mappingSchema.nullable().default(null),
    }),
    response: {
      status: 201,
      description: 'The import, waiting for its file',
      data: z.object({ import: shownImport, partBytes: z.int().meta({ description: 'The maximum size of a part, in bytes.' }) }),
    },
    async handle({ body: { fileName, isDryRun, mapping }, actor }, deps) {
      if (mapping) refuseUnknownExtras(mapping, deps.contacts.extras ?? []);
      const region = regionsOf(deps)[0] ?? 'US';
      const run = await insertImport(deps.db, { fileName, isDryRun, mapping, actor, region });
      await recordAudit(deps.db, { actor, action: 'import.create', target: run.id, details: { fileName, isDryRun } });
      return { import: showImport(deps, run, { areRowsKept: false }), partBytes };
    },
  }),
  defineOperation({
    method: 'put',
    path: `${root}/{id}/parts/{number}`,
    ...{ tag, scope, uploads: ['application/octet-stream'] },
    summary: 'Upload a part of the file',
    description: 'Parts are numbered from 1. A part that is sent again replaces the earlier one.',
    params: z.object({ id: z.uuid(), number: z.coerce.number().int().min(1).max(maxParts) }),
    response: { status: 204, description: 'The part is stored', data: z.object({}) },
    problems: { 404: 'No such import', 409: 'The import has started already', 413: `More than ${partBytes} bytes` },
    async handle({ params: { id, number }, file }, { db }) {
      const run = await getImport(db, id);
      if (run.state !== 'receiving') throw conflict('already-started', 'This import has started already: create another one.');
      const bytes = await readPart(file);
      if (bytes.length === 0) throw new ApiProblem({ status: 400, code: 'empty-part', detail: 'A part cannot be empty.' });
      await savePart(db, { importId: id, number, bytes });
      return {};
    },
  }),
  defineOperation({
    method: 'post',
    path: `${root}/{id}/start`,
    ...{ tag, scope },
    summary: 'Start an import, or import the rows that a dry run has checked',
    description: 'Can be repeated: an import in progress continues.',
    params: idParameter,
    response: { status: 202, description: 'The import is in progress', data: z.object({ import: shownImport }) },
    problems: { 404: 'No such import', 409: 'A part is missing, or the import has ended' },
    async handle({ params: { id }, actor }, deps) {
      const run = await getImport(deps.db, id);
      if (run.state === 'receiving') await assertComplete(deps, id);
      if (run.state === 'checked' && (await findImportsWithRows(deps.db, [id])).size === 0)
        throw conflict('rows-removed', 'The rows of this import are removed: create another import.');
      const isMoved = await moveImport(deps.db, id, run.state === 'checked' ? 'importing' : 'reading');
      if (isMoved)
        await recordAudit(deps.db, { actor, action: 'import.start', target: id, details: { fileName: run.file_name } });
      const now = await getImport(deps.db, id);
      if (!isUnderWay(now.state)) throw conflict('ended', `This import has ended: it is ${now.state}. Create another one.`);
      await startImport(deps.temporal, { importId: id, taskQueuePrefix: deps.taskQueuePrefix });
      return { import: await show(deps, now) };
    },
  }),
  defineOperation({
    method: 'post',
    path: `${root}/{id}/cancel`,
    ...{ tag, scope },
    summary: 'Stop an import',
    description: 'Rows that are imported already stay imported. Each can be undone in the history of its contact.',
    params: idParameter,
    response: { status: 200, description: 'The import is cancelled', data: z.object({ import: shownImport }) },
    problems: { 404: 'No such import', 409: 'The import has ended' },
    async handle({ params: { id }, actor }, deps) {
      const run = await getImport(deps.db, id);
      if (!(await moveImport(deps.db, id, 'cancelled'))) throw conflict('ended', `This import has ended: it is ${run.state}.`);
      await recordAudit(deps.db, { actor, action: 'import.cancel', target: id, details: { fileName: run.file_name } });
      await removeParts(deps.db, id);
      await removeRows(deps.db, id, 'all');
      return { import: await show(deps, await getImport(deps.db, id)) };
    },
  }),
  defineOperation({
    method: 'get',
    path: root,
    ...{ tag, scope },
    summary: 'List imports, newest first',
    query: z.strictObject(pageQuery),
    response: {
      status: 200,
      description: 'A page of imports',
      data: z.object({
        imports: z.array(shownImport),
        next: nextCursor,
      }),
    },
    async handle({ query: { cursor, limit } }, deps) {
      const runs = await listImports(deps.db, { cursor, limit: limit + 1 });
      const kept = await findImportsWithRows(
        deps.db,
        runs.map(({ id }) => id),
      );
      const { data: imports, next } = toPage(runs, limit, (run) => showImport(deps, run, { areRowsKept: kept.has(run.id) }));
      return { imports, next };
    },
  }),
  defineOperation({
    method: 'get',
    path: `${root}/{id}`,
    ...{ tag, scope },
    summary: 'Get an import',
    params: idParameter,
    response: { status: 200, description: 'The import', data: z.object({ import: shownImport }) },
    problems: { 404: 'No such import' },
    async handle({ params: { id } }, deps) {
      return { import: await show(deps, await getImport(deps.db, id)) };
    },
  }),
  defineOperation({
    method: 'get',
    path: `${root}/{id}/rows`,
    ...{ tag, scope },
    summary: 'List the rows of an import, in the order of the file',
    description: 'Rows are kept until they are imported; rows with problems are kept for `retentionDays.imports`.',
    params: idParameter,
    query: z.strictObject({
      filter: z
        .enum([...importOutcomes, 'problem'])
        .optional()
        .meta({ description: 'An outcome, or `problem` for rows with values that are not imported.' }),
      cursor: z.coerce.number().int().min(0).max(2_000_000).default(0).meta({ description: '`next` of the previous page.' }),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    response: {
      status: 200,
      description: 'A page of rows',
      data: z.object({ rows: z.array(shownRow), next: z.string().nullable() }),
    },
    problems: { 404: 'No such import' },
    async handle({ params: { id }, query: { filter, cursor, limit } }, { db }) {
      await getImport(db, id);
      const rows = await listFilteredRows(db, { importId: id, after: cursor, limit: limit + 1, filter });
      const shown = rows.slice(0, limit);
      return { rows: shown.map(showRow), next: rows.length > limit ? String(shown.at(-1)?.number) : null };
    },
  }),
  defineOperation({
    method: 'get',
    path: `${root}/{id}/problems`,
    ...{ tag, scope },
    summary: 'Download the rows with problems',
    description: 'A CSV file with the original cells, the line numbers and the problems. The corrected file can be imported.',
    params: idParameter,
    response: { status: 200, description: 'The file', data: z.string(), isBare: true, downloads: ['text/csv'] },
    problems: { 404: 'No such import' },
    async handle({ params: { id } }, { db }) {
      return exportProblems(db, await getImport(db, id));
    },
  }),
];

function refuseUnknownExtras(mapping: Mapping, extras: readonly string[]): void {
  try {
    assertExtras(mapping, extras);
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    throw new ApiProblem({ status: 400, code: 'unknown-extra', detail: error.message });
  }
}

async function readPart(file: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of file) {
    size += chunk.length;
    if (size > partBytes)
      throw new ApiProblem({ status: 413, code: 'too-large', detail: `A part has at most ${partBytes} bytes.` });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function getImport(db: ApiDeps['db'], id: string): Promise<ContactImport> {
  const run = await findImport(db, id);
  if (!run) throw notFound(`There is no import ${id}.`);
  return run;
}

async function show(deps: ApiDeps, run: ContactImport) {
  return showImport(deps, run, { areRowsKept: (await findImportsWithRows(deps.db, [run.id])).size > 0 });
}

async function assertComplete({ db }: ApiDeps, id: string): Promise<void> {
  const { count, missing } = await findGap(db, id);
  if (count === 0) throw conflict('no-file', 'No part of the file has arrived: PUT /api/v1/imports/{id}/parts/1.');
  if (missing !== null) throw conflict('part-missing', `Part ${missing} of the file is missing: send it, and start again.`);
}
