import type { Contact } from '#sandbox/gohighlevel/contacts/contact.ts';
import type { EventType } from '#sandbox/gohighlevel/settings.ts';

/** Integrators report (api-docs issue 264): changes of inbound do-not-disturb send no event. */
const ignoredFields = new Set(['inboundDndSettings', 'dateUpdated']);
const dndFields = new Set(['dnd', 'dndSettings']);

/**
 * The events of a change. HighLevel docs list the five types, but not their triggers. It is unknown whether tags also send ContactUpdate,
 * and a create ContactTagUpdate: `extraEvents` does both.
 */
export function toEvents(before: Contact | null, after: Contact, { extraEvents }: { extraEvents: boolean }): EventType[] {
  if (!before) return extraEvents && after.tags.length > 0 ? ['ContactCreate', 'ContactTagUpdate'] : ['ContactCreate'];
  if (after.deleted) return ['ContactDelete'];
  const changed = changedFields(before, after);
  const tags = changed.has('tags');
  const dnd = [...dndFields].some((field) => changed.has(field));
  const others = [...changed].some((field) => field !== 'tags' && !dndFields.has(field));
  const events: EventType[] = [];
  if (others || (tags && extraEvents)) events.push('ContactUpdate');
  if (tags) events.push('ContactTagUpdate');
  if (dnd) events.push('ContactDndUpdate');
  return events;
}

function changedFields(before: Contact, after: Contact): Set<string> {
  const [old, current]: [Record<string, unknown>, Record<string, unknown>] = [{ ...before }, { ...after }];
  const names = new Set([...Object.keys(old), ...Object.keys(current)]);
  const isChanged = (name: string) => JSON.stringify(old[name]) !== JSON.stringify(current[name]);
  return new Set([...names].filter((name) => !ignoredFields.has(name) && isChanged(name)));
}
