import type { ContactFields, ExtraField } from '#domain/contact.ts';

export interface ExportedContact {
  id: string;
  fields: ContactFields;
}

/** The number as another program reads it, or the typed text. */
export function toPhoneText({ e164, extension, raw }: ContactFields['phones'][number]): string {
  if (e164 === null) return raw;
  return extension === null ? e164 : `${e164} ext. ${extension}`;
}

/** Blank for a contact without the extra. */
export function toExtraText(fields: ContactFields, field: ExtraField): string {
  const value = fields[field];
  return typeof value === 'string' ? value : '';
}
