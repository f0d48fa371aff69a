import type { z } from 'zod';
import type { listHistory } from '#db/contacts/history.ts';
import type { historyEntry } from './contact-schemas.ts';

type Row = Awaited<ReturnType<typeof listHistory>>[number];

export function showEntry({ contact_id: _, link_id: linkId, at, ...entry }: Row): z.input<typeof historyEntry> {
  return { at: at.toISOString(), ...entry, linkId };
}
