import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { Person } from './find-person.ts';
import { type PersonalTable, personalTables } from './personal-tables.ts';

/**
 * Erases a person's rows: `first` leaves the rows that deletions at vendors need, `last` deletes those and later ones. Resolves to
 * the number of deleted rows by table.
 */
export async function eraseRows(tx: Database, person: Person, when: 'first' | 'last'): Promise<Record<string, number>> {
  await keepRefusalsOfOthers(tx, person);
  const removed: Record<string, number> = {};
  for (const each of personalTables) {
    const statement = toStatement(each, person, when);
    if (statement === null) continue;
    const { numAffectedRows = 0n } = await statement.execute(tx);
    if (isDeletion(each, when) && numAffectedRows > 0n) removed[each.table] = Number(numAffectedRows);
  }
  return removed;
}

function isDeletion({ erasure: { kind } }: PersonalTable, when: 'first' | 'last'): boolean {
  return kind === 'deleted' || (kind === 'deleted-last' && when === 'last');
}

function toStatement(each: PersonalTable, person: Person, when: 'first' | 'last'): RawBuilder<unknown> | null {
  const { table, ofPerson, erasure } = each;
  const set = (values: RawBuilder<unknown>) => sql`update ${sql.table(table)} as row set ${values} where ${ofPerson(person)}`;
  if (isDeletion(each, when)) return sql`delete from ${sql.table(table)} as row where ${ofPerson(person)}`;
  if (erasure.kind === 'emptied') return set(erasure.set);
  return erasure.kind === 'deleted-last' && erasure.meanwhile ? set(erasure.meanwhile) : null;
}

/** A number that somebody else has, too, stays refused: its owner said no, and has not said otherwise. */
async function keepRefusalsOfOthers(tx: Database, { contactIds }: Person): Promise<void> {
  await sql`
    insert into refused_key (channel, kind, value, contact_id)
    select distinct refused.channel, refused.kind, refused.value, other.contact_id
    from refused_key as refused join identity_key as other using (kind, value)
    where refused.contact_id = any(${contactIds}::uuid[]) and other.contact_id <> all(${contactIds}::uuid[])
    on conflict do nothing`.execute(tx);
}
