import type { Send } from '#providers/http.ts';
import type { CallOptions, ProviderRecord } from '#providers/provider.ts';
import { toRecord } from './mapping.ts';
import { contactAnswer } from './schema.ts';
import type { GoHighLevelAccount } from './settings.ts';

/** One location (sub-account), and the way to it. */
export interface Location {
  send: Send;
  account: GoHighLevelAccount;
  locationId: string;
}

export async function read({ send, account }: Location, externalId: string, call?: CallOptions): Promise<ProviderRecord> {
  const request = { operation: 'read contact', method: 'GET', path: pathOf(externalId) } as const;
  const { contact } = await send(request, contactAnswer, call);
  return toRecord(contact, account);
}

export function pathOf(externalId: string): string {
  return `/contacts/${encodeURIComponent(externalId)}`;
}
