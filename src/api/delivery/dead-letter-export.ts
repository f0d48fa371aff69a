import { Download } from '#api/rest/download.ts';
import { toCsvLines } from '#contact-files/csv/csv-lines.ts';
import type { Database } from '#db/database.ts';
import { type DeadLetterFilter, listDeadLetters } from '#db/delivery/dead-letters.ts';
import { findPayloads } from '#db/delivery/delivery-history.ts';
import { toDelivery } from './delivery-schemas.ts';

const pageSize = 500;

const columns = [
  ...(['id', 'endpoint_id', 'event_id', 'event_type', 'contact_id', 'sequence', 'attempts', 'last_status'] as const),
  ...(['last_error_class', 'last_error', 'dead_reason', 'dead_at', 'created_at'] as const),
];

/** A streamed file of dead letters. Reads page by page, so that a queue of any length takes little memory. */
export function exportDeadLetters(
  db: Database,
  { filter, format }: { filter: DeadLetterFilter; format: 'json' | 'csv' },
): Download {
  const filename = `dead-letters-${new Date().toISOString().slice(0, 10)}.${format}`;
  return format === 'csv'
    ? new Download({ type: 'text/csv; charset=utf-8', filename, chunks: toCsv(db, filter) })
    : new Download({ type: 'application/json', filename, chunks: toJson(db, filter) });
}

async function* toCsv(db: Database, filter: DeadLetterFilter): AsyncGenerator<string> {
  yield toCsvLines([columns]);
  for await (const rows of pages(db, filter)) {
    yield toCsvLines(rows.map(toDelivery).map((each) => columns.map((column) => each[column])));
  }
}

async function* toJson(db: Database, filter: DeadLetterFilter): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const rows of pages(db, filter)) {
    const payloads = await findPayloads(db, rows);
    for (const row of rows) {
      const body = payloads.get(row.event_id);
      yield `${separator}${JSON.stringify({ ...toDelivery(row), payload: body ? JSON.parse(body.toString()) : null })}`;
      separator = ',\n';
    }
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

async function* pages(db: Database, filter: DeadLetterFilter) {
  for (let cursor: string | undefined; ; ) {
    const rows = await listDeadLetters(db, { filter, cursor, limit: pageSize });
    if (rows.length > 0) yield rows;
    if (rows.length < pageSize) return;
    cursor = rows.at(-1)?.id;
  }
}
