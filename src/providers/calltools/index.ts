import type { Provider } from '#providers/provider.ts';
import { connect } from './client.ts';
import { connector } from './connector.ts';
import { acceptedItems, customOnly, fields, fitValues } from './fit-values.ts';
import { accountSchema, type CallToolsAccount, type CallToolsSecrets, secretsSchema, vendor } from './settings.ts';

/** The dialer of calltools.com. Its webhooks cover new contacts only, never edits, so Accord polls it. */
export const calltools: Provider<CallToolsAccount, CallToolsSecrets> = {
  ...vendor,
  fields,
  customFields: { help: 'the name of the contact field (Settings, Contact Fields), such as membership_level.', only: customOnly },
  acceptedItems,
  pollSchedule: '*/5 * * * *',
  doubles: { advice: 'CallTools has no merge: the second record is in no list. Delete it there if it is not needed.' },
  archive: 'the record leaves the buckets of the audiences, and loses their tags.',
  accountSchema,
  secretsSchema,
  accountVariables: ['CALLTOOLS_BASE_URL', 'CALLTOOLS_API_KEY'],
  connector,
  fitValues,
  connect,
};
