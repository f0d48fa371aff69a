import type { Contact } from '#sandbox/calltools/rows.ts';

/** Key → ids of its contacts. */
type Postings<Key> = Map<Key, Set<number>>;

/** Finds contacts by phone, email, tag, bucket or phone row without a scan. */
export class ContactIndex {
  private readonly byPhone: Postings<string> = new Map();
  private readonly byEmail: Postings<string> = new Map();
  private readonly byTag: Postings<number> = new Map();
  private readonly byBucket: Postings<number> = new Map();
  private readonly byPhoneRow: Map<number, number> = new Map();

  constructor(contacts: Iterable<Contact>) {
    for (const contact of contacts) this.add(contact);
  }

  add(contact: Contact): void {
    for (const phone of contact.phones) post(this.byPhone, phone.number, contact.id);
    for (const phone of contact.phones) this.byPhoneRow.set(phone.id, contact.id);
    for (const email of contact.emails) post(this.byEmail, email.address.toLowerCase(), contact.id);
    for (const { tagId } of contact.tags) post(this.byTag, tagId, contact.id);
    for (const { bucketId } of contact.buckets) post(this.byBucket, bucketId, contact.id);
  }

  remove(contact: Contact): void {
    for (const phone of contact.phones) withdraw(this.byPhone, phone.number, contact.id);
    for (const phone of contact.phones) this.byPhoneRow.delete(phone.id);
    for (const email of contact.emails) withdraw(this.byEmail, email.address.toLowerCase(), contact.id);
    for (const { tagId } of contact.tags) withdraw(this.byTag, tagId, contact.id);
    for (const { bucketId } of contact.buckets) withdraw(this.byBucket, bucketId, contact.id);
  }

  /** `number` is E.164. Returns ids in ascending order, as do the methods below. */
  withPhone(number: string): number[] {
    return sorted(this.byPhone.get(number));
  }

  withEmail(address: string): number[] {
    return sorted(this.byEmail.get(address.toLowerCase()));
  }

  inBucket(bucketId: number): number[] {
    return sorted(this.byBucket.get(bucketId));
  }

  countInBucket(bucketId: number): number {
    return this.byBucket.get(bucketId)?.size ?? 0;
  }

  countWithTag(tagId: number): number {
    return this.byTag.get(tagId)?.size ?? 0;
  }

  /** The contact of a phone row. */
  ownerOfPhone(phoneId: number): number | undefined {
    return this.byPhoneRow.get(phoneId);
  }
}

function post<Key>(postings: Postings<Key>, key: Key, id: number): void {
  const ids = postings.get(key);
  if (ids) ids.add(id);
  else postings.set(key, new Set([id]));
}

function withdraw<Key>(postings: Postings<Key>, key: Key, id: number): void {
  const ids = postings.get(key);
  ids?.delete(id);
  if (ids?.size === 0) postings.delete(key);
}

function sorted(ids: Set<number> | undefined): number[] {
  return [...(ids ?? [])].sort((a, b) => a - b);
}
