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

/**
 * HighLevel docs: written as `field_value` by id or key, read as `value` by id; text, a number, or a list by the kind of field. Unknown
 * fields are dropped. What HighLevel does with a value of another kind is not documented: here it is refused, as other wrong types are.
 */
function toValue({ id, key, field_value }: WrittenValue, customFields: CustomFields): CustomFieldValue | null {
  const definition = customFields.find({ id, key });
  if (!definition) return null;
  const { dataType, picklistOptions = [] } = definition;
  const isEmpty = field_value === null || field_value === '' || (Array.isArray(field_value) && field_value.length === 0);
  if (!isEmpty && !fits(field_value, dataType, picklistOptions))
    throw unprocessable(`customFields: the value of ${definition.fieldKey} is not valid`);
  return { id: definition.id, value: isEmpty ? null : field_value };
}

function fits(value: unknown, dataType: string, options: readonly string[]): boolean {
  const isOption = (item: unknown) => typeof item === 'string' && options.includes(item);
  switch (dataType) {
    case 'NUMERICAL':
    case 'MONETORY':
      return typeof value === 'number';
    case 'SINGLE_OPTIONS':
    case 'RADIO':
      return isOption(value);
    case 'MULTIPLE_OPTIONS':
    case 'CHECKBOX':
      return Array.isArray(value) && value.every(isOption);
    case 'DATE':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value));
    default:
      return typeof value === 'string' || typeof value === 'number';
  }
}
