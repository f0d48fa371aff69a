import { showContactBucket } from '#sandbox/calltools/contacts/show-contact.ts';
import { applyFilters, byNumber, type Filters } from '#sandbox/calltools/django/filters.ts';
import { paginate } from '#sandbox/calltools/django/paging.ts';
import type { Contact, ContactBucket } from '#sandbox/calltools/rows.ts';
import { type Call, ok, type Resource } from './resource.ts';

interface Membership {
  row: ContactBucket;
  contact: Contact;
}

/** `/api/contactbuckets/`: memberships, which show whether adding a contact to a bucket succeeded. */
export const contactBuckets: Resource = {
  list: { GET: { permission: 'buckets.read', handle: listMemberships } },
};

const filters: Filters<Membership> = {
  contact_id: byNumber(({ contact }) => contact.id),
  bucket_id: byNumber(({ row }) => row.bucketId),
};

function listMemberships({ account, url }: Call) {
  const contact = account.contacts.find(Number(url.searchParams.get('contact_id') || Number.NaN));
  const candidates = contact ? [contact] : [...account.contacts.rows()];
  const memberships = candidates.flatMap((each) => each.buckets.map((row) => ({ row, contact: each })));
  const rows = applyFilters(memberships, url.searchParams, filters).sort((a, b) => a.row.id - b.row.id);
  return ok(paginate(rows, url, ({ row, contact: owner }) => showContactBucket(row, owner)));
}
