import { listSettings } from '#providers/custom-fields.ts';
import type { CallOptions, MissingField } from '#providers/provider.ts';
import type { Connection } from './connection.ts';
import { isNamed, listCustomFields } from './custom-fields.ts';
import { vendor } from './settings.ts';

const settings = ['referenceField', 'jobTitleField'] as const;

/** Finds the configured custom fields that the location does not have. */
export async function findMissingFields({ send, account, locationId }: Connection, call?: CallOptions): Promise<MissingField[]> {
  const configured = settings.flatMap((setting) => {
    const field = account[setting];
    return field === undefined ? [] : [{ setting: `accounts.gohighlevel.${setting}`, field }];
  });
  const named = listSettings(account.customFields, vendor.id);
  if (configured.length + named.length === 0) return [];
  const all = await listCustomFields(send, locationId, call);
  const isMissing = ({ field }: { field: string }) => !all.some((each) => isNamed(each, field));
  const toName = ({ id, name, fieldKey }: (typeof all)[number], isByKey: boolean) => {
    const key = isByKey ? (fieldKey ?? id) : id;
    return name === null ? key : `${key} (${name})`;
  };
  return [
    ...configured.filter(isMissing).map((missing) => ({ ...missing, existing: all.map((each) => toName(each, false)) })),
    ...named.filter(isMissing).map((missing) => ({ ...missing, existing: all.map((each) => toName(each, true)) })),
  ];
}
