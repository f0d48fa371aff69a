import type { FieldName, ProviderValues, RecordPatch } from '#domain/contact.ts';
import { sameValue } from '#domain/equality.ts';
import { tagKey } from '#domain/normalize/tag.ts';
import { createOnlyFields, fitValues } from './fit-values.ts';
import type { GoHighLevelAccount } from './settings.ts';

/** Whether the record is one on which the patch has landed. */
export function shows(values: ProviderValues, patch: RecordPatch, account: GoHighLevelAccount): boolean {
  const sent = fitValues(patch.set, account);
  const tags = new Set((values.tags ?? []).map(tagKey));
  return (
    Object.keys(sent).every((field) => isShown(field as FieldName, sent, values)) &&
    patch.addTags.every((tag) => tags.has(tagKey(tag))) &&
    patch.removeTags.every((tag) => !tags.has(tagKey(tag)))
  );
}

function isShown(field: FieldName, sent: ProviderValues, values: ProviderValues): boolean {
  const { call, sms, email } = values.doNotContact ?? { call: false, sms: false, email: false };
  if (field === 'doNotContact') {
    return Object.entries({ call, sms, email }).every(([channel, denied]) => denied || !sent.doNotContact?.[channel as 'call']);
  }
  return createOnlyFields.some((name) => name === field) || sameValue(field, values[field], sent[field]);
}
