import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { AccountMode } from '#domain/account-mode.ts';

/**
 * Part of a query of `contact`: the accounts that may be written to for a contact, by provider id. An account without a row is not among
 * them: nothing is written before somebody decides.
 */
export const liveAt: RawBuilder<string[]> = sql<string[]>`array(
  select provider from account where mode = 'live' or (mode = 'canary' and exists (
    select from canary_contact as canary join contact as member on member.id = canary.contact_id
    where canary.provider = account.provider and (member.id = contact.id or member.merged_into = contact.id))))`;

/** Adds accounts that are connected for the first time. The others keep their mode. Returns those that are new. */
export async function addAccounts(db: Database, providers: readonly string[], mode: AccountMode): Promise<string[]> {
  if (providers.length === 0) return [];
  const rows = await db
    .insertInto('account')
    .values(providers.map((provider) => ({ provider, mode })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('provider')
    .execute();
  return rows.map(({ provider }) => provider);
}

export interface AccountState {
  provider: string;
  mode: AccountMode;
  since: Date;
}

/** The accounts that were ever connected, in the order of their ids. */
export async function listAccounts(db: Database): Promise<AccountState[]> {
  const rows = await db.selectFrom('account').select(['provider', 'mode', 'mode_since']).orderBy('provider').execute();
  return rows.map(({ provider, mode, mode_since: since }) => ({ provider, mode, since }));
}

/** Null when the account was never connected. */
export async function findAccount(db: Database, provider: string): Promise<AccountState | null> {
  return (await listAccounts(db)).find((account) => account.provider === provider) ?? null;
}

/** Sets the mode. Writes that were planned before are still made; every later plan follows the new mode. */
export async function setAccountMode(db: Database, provider: string, mode: AccountMode): Promise<void> {
  await db.updateTable('account').set({ mode, mode_since: new Date() }).where('provider', '=', provider).execute();
}

/** Lets the canary of an account write these contacts, too. */
export async function addCanaryContacts(db: Database, provider: string, contactIds: readonly string[]): Promise<void> {
  if (contactIds.length === 0) return;
  await db
    .insertInto('canary_contact')
    .values(contactIds.map((contactId) => ({ provider, contact_id: contactId })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Ends the canary of an account. */
export async function removeCanaryContacts(db: Database, provider: string): Promise<void> {
  await db.deleteFrom('canary_contact').where('provider', '=', provider).execute();
}

/** Accounts that write nothing yet and whose records were never listed completely since they were connected. */
export async function listUnreadAccounts(db: Database): Promise<string[]> {
  const rows = await db
    .selectFrom('account')
    .select('provider')
    .where('mode', '=', 'observe')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('reconcile_run as run')
            .select('run.id')
            .whereRef('run.provider', '=', 'account.provider')
            .whereRef('run.started_at', '>=', 'account.created_at')
            .where('run.outcome', '=', 'completed'),
        ),
      ),
    )
    .orderBy('provider')
    .execute();
  return rows.map(({ provider }) => provider);
}
