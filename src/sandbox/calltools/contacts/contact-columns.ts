import type { ColumnType } from '#sandbox/calltools/django/field-types.ts';
import type { FieldValues } from '#sandbox/calltools/rows.ts';
import type { CallToolsSettings } from '#sandbox/calltools/settings.ts';

interface Column {
  type: ColumnType;
  nullable: boolean;
  /** What a contact has that was never given one. */
  initial: unknown;
}

const text = (initial = ''): Column => ({ type: 'text', nullable: false, initial });
const bool = (initial: boolean): Column => ({ type: 'bool', nullable: false, initial });
const optional = (type: ColumnType): Column => ({ type, nullable: true, initial: null });

/** Columns that every account has. Phones, e-mails and business data are fields of the account, beside these in the body. */
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

/** All that a body may set by value; other keys are ignored without a word (seen by integrators, not documented). */
export function columnsOf({ fields }: Pick<CallToolsSettings, 'fields'>): Map<string, Column> {
  const accountFields = Object.entries(fields).map(([name, type]) => [name, optional(type)] as const);
  return new Map([...accountFields, ...Object.entries(builtInColumns)]);
}

export function initialValues(settings: Pick<CallToolsSettings, 'fields'>): FieldValues {
  return Object.fromEntries([...columnsOf(settings)].map(([name, column]) => [name, column.initial]));
}

/** In replies of a real account, always there; nothing counts calls or messages here. */
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
