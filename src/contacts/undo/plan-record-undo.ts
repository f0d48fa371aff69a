import { type ContactDeps, roleOf } from '#contacts/contact-deps.ts';
import type { OpenLink } from '#db/contacts/links.ts';
import type { RunWrite } from '#db/sync/go-live-writes.ts';
import { planUndo, type UndoStep } from '#domain/sync/undo-plan.ts';

export interface WrittenLink {
  link: OpenLink;
  /** All links of the contact. */
  links: readonly OpenLink[];
  /** The writes of the go-lives to the record. */
  writes: readonly RunWrite[];
}

/** The undo of a record's writes, judged by its last known values. */
export function planRecordUndo(deps: ContactDeps, { link, links, writes }: WrittenLink): UndoStep {
  const [first] = writes;
  const isEdited = first !== undefined && link.edited_at !== null && link.edited_at >= first.startedAt;
  const hasOther = links.some((other) => other.id !== link.id && stands(deps, other));
  return planUndo({ writes, values: link.shadow ?? {}, echoPairs: link.echo_pairs, isEdited, hasOther });
}

/** Whether a link stands for the person by itself: a record, or a form submission, which is detached once it was read. */
function stands(deps: ContactDeps, { state, provider }: OpenLink): boolean {
  return state === 'linked' || roleOf(deps, provider) === null;
}
