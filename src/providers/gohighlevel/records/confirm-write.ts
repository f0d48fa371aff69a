import type { FieldName, ProviderValues, RecordPatch } from '#domain/contact.ts';
import { sameValue } from '#domain/equality.ts';
import { tagKey } from '#domain/normalize/tag.ts';
import { customFieldNames } from '#providers/custom-fields.ts';
import type { Connection } from '#providers/gohighlevel/connection.ts';
import { fields, fitValues } from '#providers/gohighlevel/fit-values.ts';
import { toRecord } from '#providers/gohighlevel/mapping.ts';
import type { GoHighLevelContact } from '#providers/gohighlevel/schema.ts';
import type { GoHighLevelAccount } from '#providers/gohighlevel/settings.ts';
import type { CallOptions, ProviderRecord } from '#providers/provider.ts';
import { readRecord } from './read.ts';

export interface Write {
  patch: RecordPatch;
  /** The contact in the response. */
  received: GoHighLevelContact;
}

/** Returns the record of a write's response if it includes the patch, else reads it: responses can lack fields (seen by integrators). */
export async function confirmWrite(connection: Connection, write: Write, call: CallOptions): Promise<ProviderRecord> {
  const record = toRecord(write.received, connection.account, await connection.readFields(call));
  const isConfirmed = includesPatch(record.values, write.patch, connection.account);
  return isConfirmed ? record : readRecord(connection, record.externalId, call);
}

function includesPatch(values: ProviderValues, patch: RecordPatch, account: GoHighLevelAccount): boolean {
  const sent = fitValues(patch.set, account);
  const tags = new Set((values.tags ?? []).map(tagKey));
  return (
    [...fields, ...customFieldNames(account.customFields)].every(
      (field) => !(field in sent) || includesField(field, sent, values),
    ) &&
    patch.addTags.every((tag) => tags.has(tagKey(tag))) &&
    patch.removeTags.every((tag) => !tags.has(tagKey(tag)))
  );
}

/** Denials are only ever added. */
function includesField(field: FieldName, sent: ProviderValues, values: ProviderValues): boolean {
  if (field === 'doNotContact') {
    const channels = ['call', 'sms', 'email'] as const;
    return channels.every((channel) => values.doNotContact?.[channel] || !sent.doNotContact?.[channel]);
  }
  return sameValue(field, values[field], sent[field]);
}
