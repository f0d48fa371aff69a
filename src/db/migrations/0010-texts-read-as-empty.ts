import { type Kysely, sql } from 'kysely';

/**
 * Until now, a text that is no email address was read as an empty place. Such a record of Square is read once more before the next write
 * to it: without a version, a write needs a read. The other vendors are read before each write, or keep the text by themselves.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    update link set version = null
    where provider = 'square' and (shadow -> 'emails' = '[]' or shadow -> 'phones' = '[]' or shadow -> 'addresses' = '[]')`.execute(
    db,
  );
}
