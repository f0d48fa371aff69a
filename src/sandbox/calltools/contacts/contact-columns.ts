import type { ColumnType } from '#sandbox/calltools/django/field-types.ts';
import type { FieldValues } from '#sandbox/calltools/rows.ts';
import type { CallToolsSettings } from '#sandbox/calltools/settings.ts';

interface Column {
  type: ColumnType;
  nullable: boolean;
  /** The value of a new contact. */
  initial: unknown;
}

const text = (initial = ''): Column => ({ type: 'text', nullable: false, initial });
const bool = (initial: boolean): Column => ({ type: 'bool', nullable: false, initial });
const optional = (type: ColumnType): Column => ({ type, nullable: true, initial: null });

/** Columns of every account. Phones, emails and business data are account fields; a body contains both. */
export const builtInColumns: Readonly<Record<string, Column>> = {
  first_name: text(),
  last_name: text(),
  address: text(),
  city: text(),
  state: text(),
  zip_code: text(),
  county: text(),
  country: text(),
  time_zone: text(),
  status: text(),
  ready: bool(true),
  do_not_contact: bool(false),
  suppress_until: optional('datetime'),
  owned_by: optional('uuid'),
  user_queue: optional('integer'),
  call_uuid: optional('uuid'),
};

/** Columns that a body may set. Other keys are silently ignored (seen by integrators, not documented). */
export function columnsOf({ fields }: Pick<CallToolsSettings, 'fields'>): Map<string, Column> {
  const accountFields = Object.entries(fields).map(([name, type]) => [name, optional(type)] as const);
  return new Map([...accountFields, ...Object.entries(builtInColumns)]);
}

/** The values of a contact for which no column was set. */
export function initialValues(settings: Pick<CallToolsSettings, 'fields'>): FieldValues {
  return Object.fromEntries([...columnsOf(settings)].map(([name, column]) => [name, column.initial]));
}

/** Always present in answers of a real account. The sandbox does not count calls or messages. */
export const counters = {
  last_call_outbound: null,
  last_call_outbound_human: null,
  last_call_outbound_machine: null,
  last_call_inbound: null,
  last_sms_sent: null,
  last_sms_received: null,
  last_email_sent: null,
  calls_outbound: 0,
  calls_outbound_human: 0,
  calls_outbound_machine: 0,
  calls_inbound: 0,
  sms_sent: 0,
  emails_sent: 0,
  consecutive_no_contact: 0,
} as const;
