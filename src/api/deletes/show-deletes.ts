import type { z } from 'zod';
import { showFields } from '#api/contacts/show-fields.ts';
import type { ApiDeps } from '#api/deps.ts';
import { timeOf } from '#api/rest/page.ts';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { canRestore } from '#contacts/deletes/can-restore.ts';
import { digestOf } from '#contacts/deletes/digest.ts';
import { openUnit } from '#contacts/open-unit.ts';
import { listLinksByIds } from '#db/contacts/links.ts';
import type { ListedDelete } from '#db/deletes/delete-requests.ts';
import type { deleteRequest } from './delete-schemas.ts';

type Shown = z.input<typeof deleteRequest>;

/** Requests with the present values of their records. */
export async function showDeletes(deps: ApiDeps, rows: readonly ListedDelete[]): Promise<Shown[]> {
  const shown: Shown[] = [];
  for (const row of rows) shown.push(await showDelete(deps, row));
  return shown;
}

async function showDelete({ contacts, db }: ApiDeps, row: ListedDelete): Promise<Shown> {
  const { id, state, because, source, provider, event, missing_since, created_at, decided_by, decided_at } = row;
  const [lost] = await listLinksByIds(db, [row.source_link_id]);
  return inTransaction(contacts, async (transaction) => {
    const unit = await openUnit(transaction, { contactId: row.contact_id, cause: null });
    const link = unit.links.find((each) => each.id === row.link_id) ?? null;
    const shadow = link?.shadow ?? null;
    return {
      ...{ id, state, because, event, contactId: unit.contact.id },
      fields: showFields(unit.contact.fields, contacts.extras),
      lost: { provider: source, externalId: lost?.external_id ?? null },
      missingSince: missing_since.toISOString(),
      record: {
        provider,
        externalId: link?.external_id ?? null,
        values: { ...shadow },
        editedAt: timeOf(link?.edited_at ?? null),
      },
      revision: digestOf(unit.contact.fields, shadow),
      canRestore: canRestore(unit, state === 'deleted' ? provider : source),
      createdAt: created_at.toISOString(),
      ...{ decidedBy: decided_by, decidedAt: timeOf(decided_at) },
    };
  });
}
