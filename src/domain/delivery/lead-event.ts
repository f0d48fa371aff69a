import type { ContactFields, Provenance } from '#domain/contact.ts';
import { tagKey } from '#domain/normalize/tag.ts';
import { changedLeadFields, type LeadField, showLeadField } from './lead-fields.ts';

export const leadEventTypes = ['new_lead', 'lead_update', 'form_submitted'] as const;
export type LeadEventType = (typeof leadEventTypes)[number];

/** Selects the lead events that an endpoint gets: all given conditions must hold. */
export interface LeadFilters {
  /** The lead has one of these tags. */
  tags?: string[] | undefined;
  /** The source of the lead is one of these. */
  sources?: string[] | undefined;
  /** For updates: one of these fields changed. Does not filter other events. */
  changed?: LeadField[] | undefined;
}

/** A change of a lead, for subscribers. */
export interface LeadEvent {
  type: LeadEventType;
  contactId: string;
  /** The revision of the contact after the change; grows with each event of a contact. */
  sequence: number;
  occurredAt: Date;
  /** Whether an endpoint with these filters gets the event. */
  isWanted(filters: LeadFilters | null): boolean;
  /** The JSON body under this id, up to `maxBodyBytes` long. */
  toText(id: string, options: { withPrevious: boolean }): string;
}

export interface LeadChange {
  contactId: string;
  /** The revision of the contact after the change. */
  revision: number;
  before: { fields: ContactFields; provenance: Provenance };
  after: { fields: ContactFields; isDeleted: boolean };
  /** Ids of contacts that were merged into this one. */
  merged?: readonly string[];
  /** The contact that this one was separated from. */
  splitFrom?: string | null;
  at: Date;
}

/** Subscribers may refuse larger bodies; some recommend a third of it. */
export const maxBodyBytes = 64 * 1_024;
/** No real name or number is longer. */
const maxShownLength = 1_000;

/** The event of a change; null when subscribers would see no difference. A lead is new when it had no field with a provenance. */
export function leadEvent({
  contactId,
  revision,
  before,
  after,
  merged = [],
  splitFrom = null,
  at,
}: LeadChange): LeadEvent | null {
  const changed = changedLeadFields(before.fields, after.fields);
  const isNews = changed.length > 0 || merged.length > 0 || splitFrom !== null;
  if (!isNews || after.isDeleted) return null;
  const type = Object.keys(before.provenance).length === 0 ? 'new_lead' : 'lead_update';
  const reported: LeadField[] = type === 'lead_update' ? changed : [];
  return {
    ...{ type, contactId, sequence: revision, occurredAt: at },
    isWanted: (filters) => isWanted(filters ?? {}, { type, changed, fields: after.fields }),
    toText: (id, { withPrevious }) =>
      toText(
        { id, type, contactId, revision, at },
        { before: before.fields, after: after.fields, reported, merged, splitFrom, withPrevious },
      ),
  };
}

/** The body of a test event: the envelope of every event, without personal data. */
export function testEventText(id: string, at: Date): string {
  const data = { message: 'A test event: the endpoint can be reached.' };
  return JSON.stringify({ ...envelope({ id, type: 'webhook.test', at, sequence: 0 }), data });
}

function isWanted(
  filters: LeadFilters,
  { type, changed, fields }: { type: LeadEventType; changed: readonly LeadField[]; fields: ContactFields },
): boolean {
  const { changed: wanted } = filters;
  return isSelected(filters, fields) && (!wanted || type === 'new_lead' || wanted.some((field) => changed.includes(field)));
}

/** Whether the filters on tags and sources select the lead. */
export function isSelected({ tags, sources }: LeadFilters, fields: ContactFields): boolean {
  const held = new Set(fields.tags.map(tagKey));
  if (tags && !tags.some((tag) => held.has(tagKey(tag)))) return false;
  return !sources || sources.some((source) => tagKey(source) === tagKey(fields.source ?? ''));
}

interface Contents {
  before: ContactFields;
  after: ContactFields;
  reported: readonly LeadField[];
  merged: readonly string[];
  splitFrom: string | null;
  withPrevious: boolean;
}

/** `event` and `type` are equal: older receivers read `event`, those of Standard Webhooks read `type`. */
export function envelope({ id, type, at, sequence }: { id: string; type: string; at: Date; sequence: number }) {
  return { id, event: type, type, timestamp: at.toISOString(), sequence };
}

function toText(
  { id, type, contactId, revision, at }: { id: string; type: LeadEventType; contactId: string; revision: number; at: Date },
  { before, after, reported, merged, splitFrom, withPrevious }: Contents,
): string {
  const pick = (fields: ContactFields, names: readonly LeadField[]) =>
    Object.fromEntries(names.map((name) => [name, showLeadField(name, fields)]));
  const textWithout = (omitted: readonly LeadField[]): string => {
    const kept = reported.filter((field) => !omitted.includes(field));
    const data = {
      ...{ id: contactId, ...showLead(after) },
      ...(type === 'lead_update' && { changes: pick(after, kept) }),
      ...(type === 'lead_update' && withPrevious && { previous: pick(before, kept) }),
      ...(merged.length > 0 && { merged }),
      ...(splitFrom !== null && { split_from: splitFrom }),
      ...(omitted.length > 0 && { omitted }),
    };
    return JSON.stringify({ ...envelope({ id, type, at, sequence: revision }), data });
  };
  const weight = (field: LeadField) => byteLength(JSON.stringify([before, after].map((fields) => showLeadField(field, fields))));
  const heaviest = reported.toSorted((one, other) => weight(other) - weight(one));
  // Values that are too large are listed by name in `omitted`: receivers can read them from the contact.
  let text = textWithout([]);
  for (let count = 1; byteLength(text) > maxBodyBytes && count <= heaviest.length; count += 1)
    text = textWithout(heaviest.slice(0, count));
  return text;
}

/** The values that every event of a lead carries. */
export function showLead(fields: ContactFields): Record<string, unknown> {
  const [name, email, phone, source] = (['name', 'email', 'phone', 'source'] as const).map((field) =>
    clip(showLeadField(field, fields)),
  );
  return { name, email, ...(phone !== null && { phone }), ...(source !== null && { source }) };
}

/** Shortens the values that every event carries. `changes` holds them in full, or `omitted` names them. */
function clip(value: unknown): unknown {
  if (typeof value !== 'string' || value.length <= maxShownLength) return value;
  return `${value
    .slice(0, maxShownLength)
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`;
}

const byteLength = (text: string): number => new TextEncoder().encode(text).length;
