import { fillWithPeople, makeNewcomers } from '#bench/setup/many-people.ts';
import { toCsvLines } from '#contact-files/csv/csv-lines.ts';
import { openDatabase } from '#db/database.ts';
import type { ProviderValues } from '#domain/contact.ts';
import type { Bench } from './bench.ts';

export const columns = { First: 'givenName', Last: 'familyName', Mail: 'email', Phone: 'phone' } as const;

/** Fills a database with half as many people as the file has rows. Returns the file: they, in turns with as many whom nobody knows. */
export async function fillForCsv(bench: Bench, database: string, rows: number): Promise<Buffer> {
  const count = rows / 2;
  await fillWithPeople(database, { contacts: count, accountId: bench.stack.sandboxes.gohighlevel.locationId });
  const newcomers = await makeNewcomers(await bench.createDatabase(`bench_csv_newcomers_${rows}`), count);
  const known = await readPeople(database);
  const people = newcomers.flatMap((newcomer, at) => [toRow(newcomer), toRow(known[at] ?? newcomer)]);
  return Buffer.from(toCsvLines([Object.keys(columns), ...people]));
}

async function readPeople(database: string): Promise<ProviderValues[]> {
  const db = openDatabase({ url: database, poolSize: 1 });
  const people = await db
    .selectFrom('contact')
    .select('fields')
    .orderBy('id')
    .execute()
    .finally(() => db.destroy());
  return people.map(({ fields }) => fields);
}

function toRow({ givenName, familyName, emails, phones }: ProviderValues): string[] {
  return [givenName, familyName, emails?.[0]?.address, phones?.[0]?.raw].map((cell) => cell ?? '');
}
