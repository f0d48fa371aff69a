import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { IdentifyingValues } from '#domain/matching/profile.ts';
import { normalizeAddress } from '#domain/normalize/address.ts';
import { normalizeEmail } from '#domain/normalize/email.ts';
import { normalizeName, splitFullName } from '#domain/normalize/name.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import { normalizeLine } from '#domain/normalize/text.ts';

/** A record as the sets of labelled people have it. */
export interface RawRecord {
  given?: string | null;
  family?: string | null;
  fullName?: string;
  company?: string;
  emails?: string[];
  phones?: string[];
  birthday?: string | null;
  address?: Partial<Record<'street' | 'city' | 'region' | 'postalCode' | 'country', string>> | null;
  region?: string;
}

export interface LabelledRecord {
  id: string;
  /** The person that the record is of. */
  truth: string;
  values: IdentifyingValues;
}

export const dataFolder = path.join(import.meta.dirname, '../data');

export async function readPeople(file: string): Promise<LabelledRecord[]> {
  const rows: (RawRecord & { id: string; truth: string })[] = JSON.parse(await readFile(file, 'utf8'));
  return rows.map(({ id, truth, ...raw }) => ({ id, truth, values: toValues(raw) }));
}

/** The record's values as a provider would read them. */
export function toValues({ fullName, region = 'US', address, ...raw }: RawRecord): IdentifyingValues {
  const name = fullName === undefined ? null : splitFullName(fullName);
  return {
    givenName: name ? name.givenName : normalizeName(raw.given),
    familyName: name ? name.familyName : normalizeName(raw.family),
    nameSuffix: name ? name.nameSuffix : null,
    company: normalizeLine(raw.company),
    emails: (raw.emails ?? []).flatMap((email) => normalizeEmail(email) ?? []),
    phones: (raw.phones ?? []).flatMap((phone) => normalizePhone(phone, { defaultRegion: region }) ?? []),
    addresses: address ? [normalizeAddress(address)].filter((each) => each !== null) : [],
    birthday: raw.birthday ?? null,
  };
}
