import { callJson } from '#dev/call-json.ts';
import type { Hub, HubPerson } from './hub.ts';

/** Renames a person through GoHighLevel's API, as another integration does. Square and Google are then out of sync. */
export async function rename({ accounts }: Hub, { gohighlevel: id }: HubPerson, firstName: string): Promise<void> {
  const { url, token } = accounts.gohighlevel;
  const headers = { authorization: `Bearer ${token}`, version: '2021-07-28' };
  await callJson(`${url}/contacts/${id}`, { method: 'PUT', headers, body: { firstName } });
}
