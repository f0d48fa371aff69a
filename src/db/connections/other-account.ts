import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { AccountMode } from '#domain/account-mode.ts';

/** The vendor's ids of the accounts whose records are linked. */
export async function listLinkedAccountIds(db: Database, provider: string): Promise<string[]> {
  const rows = await db
    .selectFrom('link')
    .select('account_id')
    .distinct()
    .where('provider', '=', provider)
    .where('state', 'in', ['intent', 'linked', 'tombstoned'])
    .execute();
  return rows.map(({ account_id }) => account_id);
}

/**
 * Detaches the records of the account that was connected before, because their ids mean nothing in another one. The contacts and their
 * history stay. The account begins anew: in `mode`, and with a first full pass. Returns how many records were detached.
 */
export async function detachRecords(tx: Database, provider: string, mode: AccountMode): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    with gone as (
      update link set state = 'detached', external_id = null, intent_payload = null, lease_owner = null, lease_until = null,
        changed_at = null, last_error = null
      where provider = ${provider} and state <> 'detached'
      returning id),
    closed as (
      update write_attempt set resolved_at = now(), outcome = 'superseded'
      where resolved_at is null and link_id in (select id from gone))
    select id from gone`.execute(tx);
  await tx.deleteFrom('link_alias').where('provider', '=', provider).execute();
  await tx.deleteFrom('sync_cursor').where('provider', '=', provider).execute();
  await tx.deleteFrom('canary_contact').where('provider', '=', provider).execute();
  await tx
    .updateTable('account')
    .set({ mode, mode_since: new Date(), created_at: new Date() })
    .where('provider', '=', provider)
    .execute();
  return rows.length;
}
