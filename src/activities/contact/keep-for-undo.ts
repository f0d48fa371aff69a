import type { ContactUnit } from '#contacts/contact-unit.ts';
import { toLinkSnapshot } from '#contacts/merging/merge-contacts.ts';
import type { OpenLink } from '#db/contacts/links.ts';
import { readKeys, toSnapshot } from '#db/contacts/matching/contact-merges.ts';
import { toIdentityKeys } from '#domain/matching/identity-keys.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { toOwnValues } from './apply-record.ts';
import type { Recognition } from './follow-merge.ts';

/** Stores the undo data of recognising a record. Call it before the record is merged. */
export async function keepForUndo(
  unit: ContactUnit,
  link: OpenLink,
  record: ProviderRecord,
  { claimedId, why, evidence }: Recognition,
): Promise<void> {
  const { contact, tx } = unit;
  const own = toOwnValues(unit, link, record);
  const isProven = !record.submission?.isUnproven;
  const keys = toIdentityKeys(own.fields).map((key) => ({ ...key, isProven }));
  unit.addMerge({
    ...{ otherId: claimedId, why, evidence, actor: 'accord', absorbed: [] },
    survivorBefore: toSnapshot(contact, (await readKeys(tx, [contact.id])).get(contact.id) ?? { keys: [], refused: [] }),
    otherBefore: { ...own, isCustomer: false, isDeleted: false, keys, refused: [] },
    links: [{ ...toLinkSnapshot(link), externalId: record.externalId, state: 'linked', shadow: record.values }],
  });
}
