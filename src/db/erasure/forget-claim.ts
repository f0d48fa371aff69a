import type { Link } from '#db/contacts/links.ts';
import type { Database } from '#db/database.ts';

/** Deletes the rows of a record's arrival: its link, the contact without values that was claimed with it, and its webhooks. */
export async function forgetClaim(tx: Database, { id, contact_id: contactId }: Link): Promise<void> {
  await tx.deleteFrom('inbox_event').where('link_id', '=', id).execute();
  await tx.deleteFrom('contact_history').where('contact_id', '=', contactId).execute();
  await tx.deleteFrom('match_candidate').where('contact_id', '=', contactId).execute();
  await tx.deleteFrom('match_candidate').where('other_contact_id', '=', contactId).execute();
  await tx.deleteFrom('write_attempt').where('link_id', '=', id).execute();
  await tx.deleteFrom('link_alias').where('link_id', '=', id).execute();
  await tx.deleteFrom('link').where('id', '=', id).execute();
  await tx
    .deleteFrom('contact')
    .where('id', '=', contactId)
    .where('revision', '=', 0)
    .where(({ not, exists, selectFrom }) => not(exists(selectFrom('link').select('link.id').where('contact_id', '=', contactId))))
    .execute();
}
