import type { GoogleSettings } from '#sandbox/google/settings.ts';
import { derive } from './derive.ts';
import { type EtagScope, etagOf } from './etag.ts';
import { type FieldName, fieldNames } from './fields.ts';
import { type Item, type Person, sourceEtagOf } from './person.ts';

interface Request extends EtagScope {
  /** Google docs (PersonMetadata): previous names are returned only for a sync token. */
  withPreviousNames?: boolean;
}

/** A person as Google returns it: resource name, etag, and the non-empty fields of the mask. */
export function showPerson(person: Person, request: Request, settings: GoogleSettings): Record<string, unknown> {
  const { resourceName } = person;
  const fromList = request.fromList && settings.etagMode === 'listRejected';
  const shown: Record<string, unknown> = { resourceName, etag: etagOf(person, { mask: request.mask, fromList }) };
  if (request.mask.includes('metadata')) shown.metadata = metadataOf(person, request);
  if (person.deleted) return shown;
  for (const name of fieldNames) {
    const items = request.mask.includes(name) ? person.values[name] : undefined;
    if (items?.length) shown[name] = showItems(person, name, items, settings);
  }
  return shown;
}

/** The first item that was written is the primary one, in any order of the answer. Memberships have no primary item. */
function showItems(person: Person, name: FieldName, items: Item[], { phoneRegion, itemOrder }: GoogleSettings): Item[] {
  const source = { type: 'CONTACT', id: person.sourceId };
  const shown = items.map((item, index) => {
    const primary = index === 0 && name !== 'memberships';
    return { metadata: { ...(primary && { primary, sourcePrimary: true }), source }, ...derive(name, item, phoneRegion) };
  });
  return itemOrder === 'reversed' ? shown.toReversed() : shown;
}

function metadataOf(person: Person, { withPreviousNames }: Request): Item {
  const { sourceId, updateTime, previousNames, deleted } = person;
  return {
    sources: [{ type: 'CONTACT', id: sourceId, etag: sourceEtagOf(person), updateTime }],
    ...(withPreviousNames && previousNames.length > 0 && { previousResourceNames: previousNames }),
    ...(deleted && { deleted }),
    objectType: 'PERSON',
  };
}
