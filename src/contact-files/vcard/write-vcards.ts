import ICAL from 'ical.js';
import { type ExportedContact, toExtraText, toPhoneText } from '#contact-files/exported-contact.ts';
import { toExtraField } from '#domain/contact.ts';
import { contactIdProperty, doNotContactProperty, extraProperty, sourceProperty } from './to-raw-contact.ts';

/** Contacts as vCards of version 3.0, which every address book reads. `openVcards` reads them back. `extras`: their names in accord.yaml. */
export function toVcards(contacts: readonly ExportedContact[], extras: readonly string[]): string {
  return contacts.map((contact) => toVcard(contact, extras)).join('');
}

type Property = [name: string, parameters: Record<string, string>, type: string, ...values: (string | string[])[]];

function toVcard({ id, fields }: ExportedContact, extras: readonly string[]): string {
  const { givenName, middleName, familyName, nameSuffix, company, jobTitle, birthday, note, source, doNotContact } = fields;
  const whole = [givenName, middleName, familyName, nameSuffix].filter(Boolean).join(' ') || company || fields.emails[0]?.address;
  const refused = (['call', 'sms', 'email'] as const).filter((channel) => doNotContact[channel]);
  const texts: (readonly [name: string, value: string | null | undefined])[] = [
    ['fn', whole ?? ''],
    ['org', company],
    ['title', jobTitle],
    ['note', note],
    [sourceProperty, source],
    [contactIdProperty, id],
    [doNotContactProperty, refused.join(' ') || null],
    ...extras.map((name) => [extraProperty(name), toExtraText(fields, toExtraField(name)) || null] as const),
  ];
  const properties: Property[] = [
    ['version', {}, 'text', '3.0'],
    ['n', {}, 'text', [familyName, givenName, middleName, '', nameSuffix].map((part) => part ?? '')],
    ...texts.flatMap(([name, value]): Property[] =>
      value === null || value === undefined ? [] : [[name.toLowerCase(), {}, 'text', value]],
    ),
    ...(birthday === null ? [] : [['bday', {}, 'text', birthday] satisfies Property]),
    ...fields.emails.map(({ address, label }): Property => ['email', toType(label), 'text', address]),
    ...fields.phones.map((phone): Property => ['tel', toType(phone.label), 'text', toPhoneText(phone)]),
    ...fields.addresses.map(
      ({ street, city, region, postalCode, country, label }): Property => [
        ...(['adr', toType(label), 'text'] as const),
        ['', '', street, city, region, postalCode, country].map((part) => part ?? ''),
      ],
    ),
    ...(fields.tags.length === 0 ? [] : [['categories', {}, 'text', ...fields.tags] satisfies Property]),
  ];
  return `${ICAL.stringify(['vcard', properties, []])}\r\n`;
}

/** A label of somebody's own goes as it is: a type may be any word. */
function toType(label: string | null): Record<string, string> {
  return label === null ? {} : { type: label.replace(/["\r\n]/g, '') };
}
