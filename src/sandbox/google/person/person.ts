import { createHash } from 'node:crypto';
import { type FieldName, isField } from './fields.ts';

export type Item = Record<string, unknown>;
/** Items as they were written: without derived keys and without empty fields. */
export type Values = Partial<Record<FieldName, Item[]>>;

/** A contact as the sandbox stores it. */
export interface Person {
  /** `people/c<digits>`; can change. */
  resourceName: string;
  /** Id of the contact source, hexadecimal. Never changes. */
  sourceId: string;
  /** Number of writes. The etag changes with it. */
  revision: number;
  /** RFC 3339 with microseconds. */
  updateTime: string;
  values: Values;
  previousNames: string[];
  /** The values stay, as in Google's trash. */
  deleted?: true;
}

/** As in live captures: `#` and eight bytes in base64. Changes with every write. */
export function sourceEtagOf({ sourceId, revision }: Person): string {
  const digest = createHash('sha256').update(`${sourceId} ${revision}`).digest();
  return `#${digest.subarray(0, 8).toString('base64')}`;
}

/** The n-th id: up to 19 digits like Google's, which exceeds a JavaScript number. Unique for each `n`. */
export function toPersonId(n: number): { resourceName: string; sourceId: string } {
  const id = (BigInt(n) * 0x9e3779b97f4a7c15n) & 0x7fff_ffff_ffff_ffffn;
  return { resourceName: `people/c${id}`, sourceId: id.toString(16) };
}

/** The source id of a given resource name. Null if the name is not valid for a contact. */
export function findSourceId(resourceName: string): string | null {
  const [, digits] = /^people\/c(\d{1,19})$/.exec(resourceName) ?? [];
  return digits === undefined ? null : BigInt(digits).toString(16);
}

/** The fields of a contact with their items. */
export function fieldEntries(values: Values): [FieldName, Item[]][] {
  return Object.keys(values)
    .filter(isField)
    .map((name) => [name, values[name] ?? []]);
}

/** The group's resource name in an item of `memberships`. */
export function groupNameIn({ contactGroupMembership }: Item): string {
  return String(isObject(contactGroupMembership) ? contactGroupMembership.contactGroupResourceName : undefined);
}

/** Narrows to an object or an array. */
export function isObject(value: unknown): value is Item {
  return typeof value === 'object' && value !== null;
}
