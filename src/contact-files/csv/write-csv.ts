import { type ExportedContact, toExtraText, toPhoneText } from '#contact-files/exported-contact.ts';
import { isExtraField } from '#domain/contact.ts';
import { toCsvLines } from './csv-lines.ts';
import { itemSeparator, type OwnColumn, ownGroups, toOwnColumns } from './layouts/own.ts';

/** The first line of our export. `extras`: the names of the extras in accord.yaml, each a column. */
export function toCsvHeader(extras: readonly string[]): string {
  return toCsvLines([toOwnColumns(extras).map(({ name }) => name)]);
}

/** Contacts as lines of our export, which `openCsv` reads back. */
export function toCsvRows(contacts: readonly ExportedContact[], extras: readonly string[]): string {
  const columns = toOwnColumns(extras);
  return toCsvLines(contacts.map((contact) => columns.map((column) => toCell(contact, column))));
}

function toCell({ id, fields }: ExportedContact, { target, group = 1 }: OwnColumn): string {
  const { emails, phones, addresses, tags, doNotContact } = fields;
  switch (target) {
    case 'contactId':
      return id;
    case 'email':
      return ofGroup(emails, group, ownGroups.email, ({ address }) => address);
    case 'emailLabel':
      return ofGroup(emails, group, ownGroups.email, ({ label }) => label);
    case 'phone':
      return ofGroup(phones, group, ownGroups.phone, toPhoneText);
    case 'phoneLabel':
      return ofGroup(phones, group, ownGroups.phone, ({ label }) => label);
    case 'street':
    case 'city':
    case 'region':
    case 'postalCode':
    case 'country':
      return ofGroup(addresses, group, ownGroups.address, (address) => address[target]);
    case 'addressLabel':
      return ofGroup(addresses, group, ownGroups.address, ({ label }) => label);
    case 'tags':
      return tags.join(itemSeparator);
    case 'doNotContact':
      return (['call', 'sms', 'email'] as const).filter((channel) => doNotContact[channel]).join(' ');
    case 'givenName':
    case 'middleName':
    case 'familyName':
    case 'nameSuffix':
    case 'company':
    case 'jobTitle':
    case 'birthday':
    case 'note':
    case 'source':
      return fields[target] ?? '';
    default:
      return isExtraField(target) ? toExtraText(fields, target) : '';
  }
}

/** The last group holds all further items. Blank parts stay, so that the cells of one group are parallel. */
function ofGroup<Item>(items: readonly Item[], group: number, groups: number, toText: (item: Item) => string | null): string {
  const own = items.slice(group - 1, group === groups ? undefined : group);
  return own.some((item) => toText(item) !== null) ? own.map((item) => toText(item) ?? '').join(itemSeparator) : '';
}
