import type { ContactFields, Provenance } from '#domain/contact.ts';
import { tagKey } from '#domain/normalize/tag.ts';
import { changedLeadFields, type LeadField, showLeadField } from './lead-fields.ts';

export const leadEventTypes = ['new_lead', 'lead_update'] as const;
export type LeadEventType = (typeof leadEventTypes)[number];

/** Which leads an endpoint hears of: all conditions must hold, and what is left out is none. */
export interface LeadFilters {
  /** The lead bears one of these. */
  tags?: string[];
  /** The lead came from one of these. */
  sources?: string[];
  /** Of an update: one of these changed. Says nothing about new leads. */
  changed?: LeadField[];
}

/** What happened to a lead, who wants to hear of it, and in what words. */
export interface LeadEvent {
  type: LeadEventType;
  contactId: string;
  /** The contact's revision that it tells of; grows with each event of a contact. */
  sequence: number;
  occurredAt: Date;
  isWanted(filters: LeadFilters | null): boolean;
  /** JSON under this id, of at most `maxBodyBytes` bytes. */
  toText(id: string, options: { withPrevious: boolean }): string;
}

export interface LeadChange {
  contactId: string;
  /** The contact's revision once it changed. */
  revision: number;
  before: { fields: ContactFields; provenance: Provenance };
  after: { fields: ContactFields; isDeleted: boolean };
  /** Leads of their own until now that turned out to be this one. */
  merged?: readonly string[];
  at: Date;
}

/** Subscribers may refuse more, and advise against a third of it. */
export const maxBodyBytes = 64 * 1_024;
/** Longer is nobody's name or number. */
const maxShownLength = 1_000;

/** The event of a change, or null where subscribers would see none. A lead of which nobody had said anything is new. */
export function leadEvent({ contactId, revision, before, after, merged = [], at }: LeadChange): LeadEvent | null {
  const changed = changedLeadFields(before.fields, after.fields);
  if ((changed.length === 0 && merged.length === 0) || after.isDeleted) return null;
  const type = Object.keys(before.provenance).length === 0 ? 'new_lead' : 'lead_update';
  const told: LeadField[] = type === 'lead_update' ? changed : [];
  return {
    ...{ type, contactId, sequence: revision, occurredAt: at },
    isWanted: (filters) => isWanted(filters ?? {}, { type, changed, fields: after.fields }),
    toText: (id, { withPrevious }) =>
      toText({ id, type, contactId, revision, at }, { before: before.fields, after: after.fields, told, merged, withPrevious }),
  };
}

/** What the endpoint hears when somebody tries it: the form of every event, and nobody's data. */
export function testEventText(id: string, at: Date): string {
  const data = { message: 'A test event: the endpoint can be reached.' };
  return JSON.stringify({ ...envelope({ id, type: 'webhook.test', at, sequence: 0 }), data });
}

function isWanted(
  { tags, sources, changed: wanted }: LeadFilters,
  { type, changed, fields }: { type: LeadEventType; changed: readonly LeadField[]; fields: ContactFields },
): boolean {
  const held = new Set(fields.tags.map(tagKey));
  if (tags && !tags.some((tag) => held.has(tagKey(tag)))) return false;
  if (sources && !sources.some((source) => tagKey(source) === tagKey(fields.source ?? ''))) return false;
  return !wanted || type === 'new_lead' || wanted.some((field) => changed.includes(field));
}

interface Contents {
  before: ContactFields;
  after: ContactFields;
  told: readonly LeadField[];
  merged: readonly string[];
  withPrevious: boolean;
}

/** `event` and `type` say the same: older receivers read the one, those of Standard Webhooks the other. */
function envelope({ id, type, at, sequence }: { id: string; type: string; at: Date; sequence: number }) {
  return { id, event: type, type, timestamp: at.toISOString(), sequence };
}

function toText(
  { id, type, contactId, revision, at }: { id: string; type: LeadEventType; contactId: string; revision: number; at: Date },
  { before, after, told, merged, withPrevious }: Contents,
): string {
  const [name, email, phone, source] = (['name', 'email', 'phone', 'source'] as const).map((field) =>
    clip(showLeadField(field, after)),
  );
  const pick = (fields: ContactFields, names: readonly LeadField[]) =>
    Object.fromEntries(names.map((name) => [name, showLeadField(name, fields)]));
  const textWithout = (omitted: readonly LeadField[]): string => {
    const kept = told.filter((field) => !omitted.includes(field));
    const data = {
      ...{ id: contactId, name, email },
      ...(phone !== null && { phone }),
      ...(source !== null && { source }),
      ...(type === 'lead_update' && { changes: pick(after, kept) }),
      ...(type === 'lead_update' && withPrevious && { previous: pick(before, kept) }),
      ...(merged.length > 0 && { merged }),
      ...(omitted.length > 0 && { omitted }),
    };
    return JSON.stringify({ ...envelope({ id, type, at, sequence: revision }), data });
  };
  const weight = (field: LeadField) => byteLength(JSON.stringify([before, after].map((fields) => showLeadField(field, fields))));
  const heaviest = told.toSorted((one, other) => weight(other) - weight(one));
  // A value that is too large to send is named: whoever needs it reads the contact.
  let text = textWithout([]);
  for (let count = 1; byteLength(text) > maxBodyBytes && count <= heaviest.length; count += 1)
    text = textWithout(heaviest.slice(0, count));
  return text;
}

/** What every event says of its lead must not fill it. In `changes` it is told whole, or left out by name. */
function clip(value: unknown): unknown {
  if (typeof value !== 'string' || value.length <= maxShownLength) return value;
  return `${value
    .slice(0, maxShownLength)
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`;
}

const byteLength = (text: string): number => new TextEncoder().encode(text).length;
