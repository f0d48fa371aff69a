import { createHash } from 'node:crypto';
import type { FieldName } from './fields.ts';

export type Item = Record<string, unknown>;
/** Items as they were written, without what Google derives and without fields that are empty. */
export type Values = Partial<Record<FieldName, Item[]>>;

/** A contact as the sandbox keeps it. */
export interface Person {
  /** `people/c<digits>`; can change. */
  resourceName: string;
  /** Of the contact source, hexadecimal; stays. */
  sourceId: string;
  /** Counts writes; the etag follows it. */
  revision: number;
  /** RFC 3339 with microseconds. */
  updateTime: string;
  values: Values;
  previousNames: string[];
  /** The values stay, as they do in Google's trash. */
  deleted?: true;
}

/** As in live captures: `#`, eight bytes, base64. Moves with every write, whatever it changed. */
export function sourceEtagOf({ sourceId, revision }: Person): string {
  const digest = createHash('sha256').update(`${sourceId} ${revision}`).digest();
  return `#${digest.subarray(0, 8).toString('base64')}`;
}

/** The n-th id: up to 19 digits, as Google's are, hence too long for a JavaScript number. No two `n` have the same. */
export function toPersonId(n: number): { resourceName: string; sourceId: string } {
  const id = (BigInt(n) * 0x9e3779b97f4a7c15n) & 0x7fff_ffff_ffff_ffffn;
  return { resourceName: `people/c${id}`, sourceId: id.toString(16) };
}

/** The source id that belongs to a name which somebody chose; null where it is no contact's name. */
export function findSourceId(resourceName: string): string | null {
  const [, digits] = /^people\/c(\d{1,19})$/.exec(resourceName) ?? [];
  return digits === undefined ? null : BigInt(digits).toString(16);
}
