interface FieldRule {
  /** Keys that a client may write. */
  writable: readonly string[];
  /** Keys that Google fills in: accepted in a write, and ignored. */
  readOnly: readonly string[];
  /** A contact has at most one item. */
  singleton: boolean;
  /** Allowed in `updatePersonFields`. */
  updatable: boolean;
}

const words = (text: string) => text.split(' ').filter(Boolean);

function field(writable: string, { readOnly = '', singleton = false, updatable = true } = {}): FieldRule {
  return { writable: words(writable), readOnly: ['metadata', ...words(readOnly)], singleton, updatable };
}

const typed = { readOnly: 'formattedType' };
const single = { singleton: true };
const shownOnly = { updatable: false };

/** The fields of a Person and the keys of their items. Google docs: REST resource `people`, discovery document v1. */
export const fields = {
  addresses: field('formattedValue type poBox streetAddress extendedAddress city region postalCode country countryCode', typed),
  ageRanges: field('ageRange', shownOnly),
  biographies: field('value contentType', single),
  birthdays: field('date text', single),
  calendarUrls: field('url type', typed),
  clientData: field('key value'),
  coverPhotos: field('url default', shownOnly),
  emailAddresses: field('value type displayName', typed),
  events: field('date type', typed),
  externalIds: field('value type', typed),
  genders: field('value addressMeAs', { ...single, readOnly: 'formattedValue' }),
  imClients: field('username type protocol', { readOnly: 'formattedType formattedProtocol' }),
  interests: field('value'),
  locales: field('value'),
  locations: field('value type current buildingId floor floorSection deskCode'),
  memberships: field('contactGroupMembership', { readOnly: 'domainMembership' }),
  miscKeywords: field('value type', typed),
  names: field(
    'unstructuredName familyName givenName middleName honorificPrefix honorificSuffix phoneticFullName ' +
      'phoneticFamilyName phoneticGivenName phoneticMiddleName phoneticHonorificPrefix phoneticHonorificSuffix',
    { ...single, readOnly: 'displayName displayNameLastFirst' },
  ),
  nicknames: field('value type'),
  occupations: field('value'),
  organizations: field(
    'type startDate endDate current name phoneticName department title jobDescription symbol domain location costCenter ' +
      'fullTimeEquivalentMillipercent',
    typed,
  ),
  phoneNumbers: field('value type', { readOnly: 'canonicalForm formattedType' }),
  photos: field('url default', shownOnly),
  relations: field('person type', typed),
  sipAddresses: field('value type', typed),
  skills: field('value', shownOnly),
  urls: field('value type', typed),
  userDefined: field('key value'),
} as const satisfies Record<string, FieldRule>;

export type FieldName = keyof typeof fields;

/** Whether a name is one of a Person's fields. */
export const isField = (name: string): name is FieldName => Object.hasOwn(fields, name);
export const fieldNames = Object.keys(fields).filter(isField);
/** The keys and limits of a field. */
export const ruleOf = (name: FieldName): FieldRule => fields[name];

/** `personFields` and `readMask` also accept `metadata`, which is not a writable field. */
export type MaskPath = FieldName | 'metadata';
export const readPaths: readonly MaskPath[] = [...fieldNames, 'metadata'];
export const updatePaths: readonly FieldName[] = fieldNames.filter((name) => ruleOf(name).updatable);

/** Types of the keys that are not text. */
export const keyTypes: Readonly<Record<string, 'object' | 'boolean' | 'number'>> = {
  ...{ date: 'object', startDate: 'object', endDate: 'object', ageRange: 'object', contactGroupMembership: 'object' },
  ...{ current: 'boolean', default: 'boolean', fullTimeEquivalentMillipercent: 'number' },
};
