import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { GoHighLevelSettings } from '#sandbox/gohighlevel/settings.ts';
import { unprocessable } from '#sandbox/gohighlevel/vendor-error.ts';
import type { CustomFieldValue } from './contact.ts';
import type { ContactFields } from './contact-body.ts';
import type { CustomFields } from './custom-fields.ts';

/** Integrators report: tags are trimmed, stored in lower case, and unique. */
export function normalizeTags(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => tag.trim().toLowerCase()))].filter((tag) => tag !== '');
}

/** HighLevel docs (examples): accepts loose formats and returns E.164. Without `+` the location's country applies. */
export function normalizePhone(phone: string, { defaultCountry, unparsablePhone }: GoHighLevelSettings): string {
  const parsed = parsePhoneNumberFromString(phone, isSupportedCountry(defaultCountry) ? defaultCountry : undefined);
  if (parsed?.isPossible()) return parsed.number;
  if (unparsablePhone === 'reject') throw unprocessable('phone must be a valid phone number');
  return phone.trim();
}

/** Converts a body's fields to stored ones: a split name, the phone in E.164, normalized tags, custom fields by id. */
export function normalizeFields(fields: ContactFields, settings: GoHighLevelSettings, customFields: CustomFields) {
  const { name, phone, tags, customFields: values, ...rest } = fields;
  return {
    ...splitName(name),
    ...rest,
    ...(phone !== undefined && { phone: phone && normalizePhone(phone, settings) }),
    ...(tags && { tags: normalizeTags(tags) }),
    ...(values && { customFields: values.map((value) => toValue(value, customFields)).filter((value) => value !== null) }),
  };
}

/** `firstName` and `lastName` take precedence over `name`. */
function splitName(name: string | null | undefined): { firstName?: string | null; lastName?: string | null } {
  if (name === undefined) return {};
  const [firstName = null, ...others] = name?.trim().split(/\s+/) ?? [];
  return { firstName, lastName: others.join(' ') || null };
}

type WrittenValue = NonNullable<ContactFields['customFields']>[number];

/** HighLevel docs: written as `field_value` by id or key, read as `value` by id. Unknown fields are dropped. */
function toValue({ id, key, field_value }: WrittenValue, customFields: CustomFields): CustomFieldValue | null {
  const definition = customFields.find({ id, key });
  return definition ? { id: definition.id, value: field_value } : null;
}
