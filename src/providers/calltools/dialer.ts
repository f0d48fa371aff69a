import type { Send } from '#providers/http.ts';
import type { CallOptions, ProviderRecord } from '#providers/provider.ts';
import { toRecord } from './mapping.ts';
import type { MembershipBook } from './memberships.ts';
import { type CallToolsContact, contact } from './schema.ts';
import type { CallToolsAccount } from './settings.ts';

export const vendor = { id: 'calltools', name: 'CallTools' };

/** One account, and the way to it. */
export interface Dialer {
  send: Send;
  account: CallToolsAccount;
  memberships: MembershipBook;
}

export function getContact({ send }: Dialer, externalId: string, call?: CallOptions): Promise<CallToolsContact> {
  return send({ operation: 'read contact', method: 'GET', path: pathOf(externalId) }, contact, call);
}

/** With the names of its tags and buckets, which the contact itself knows by id. */
export async function toNamedRecord(dialer: Dialer, found: CallToolsContact, call?: CallOptions): Promise<ProviderRecord> {
  return toRecord(found, dialer.account, await dialer.memberships.read(found, call));
}

/** With its slash: without it, CallTools redirects, and a client that follows turns a POST into a GET. */
export function pathOf(externalId: string): string {
  return `/contacts/${encodeURIComponent(externalId)}/`;
}
