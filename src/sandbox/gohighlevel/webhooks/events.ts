import type { Contact } from '#sandbox/gohighlevel/contacts/contact.ts';
import type { EventType } from '#sandbox/gohighlevel/settings.ts';

/** Integrators report (api-docs issue 264): changes of inbound do-not-disturb fire nothing. */
const silent = new Set(['inboundDndSettings', 'dateUpdated']);
const dndFields = new Set(['dnd', 'dndSettings']);

/**
 * Which events a change fires. HighLevel docs list the five types and not what triggers each.
 * Whether tags also fire ContactUpdate, and a create ContactTagUpdate, is unknown: `extraEvents` does both.
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
  const names = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof Contact>;
  return new Set([...names].filter((name) => !silent.has(name) && JSON.stringify(before[name]) !== JSON.stringify(after[name])));
}
