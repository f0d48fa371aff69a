import type { Account } from '#sandbox/calltools/account.ts';
import { changeBuckets, saveContact } from '#sandbox/calltools/contacts/contact-writes.ts';
import { forbidden, notFound } from '#sandbox/calltools/django/errors.ts';
import { applyFilters, applyOrdering, byNumber, byText } from '#sandbox/calltools/django/filters.ts';
import { toIds } from '#sandbox/calltools/django/ids.ts';
import { paginate } from '#sandbox/calltools/django/paging.ts';
import type { Body } from '#sandbox/calltools/django/parse-body.ts';
import { readField, readRequiredText, readText } from '#sandbox/calltools/django/read-field.ts';
import type { Bucket } from '#sandbox/calltools/rows.ts';
import { type Call, created, ok, type Resource } from './resource.ts';

/** `/api/buckets/` and `/api/buckets/{id}/`: the static lists that agents dial from. */
export const buckets: Resource = {
  list: {
    GET: { permission: 'buckets.read', handle: listBuckets },
    // Not `buckets.create`, because a setting may allow it to every reader: see postBucket.
    POST: { permission: 'buckets.read', handle: postBucket },
  },
  detail: {
    GET: { permission: 'buckets.read', handle: (call) => ok(showBucket(getBucket(call), call.account)) },
    PATCH: { permission: 'buckets.update', handle: patchBucket },
  },
};

/** Creates a bucket. Names need not be unique. */
export function createBucket(account: Account, name: string, description = ''): Bucket {
  return account.buckets.insert((id) => ({ id, name, description, createdOn: account.timestamp() }));
}

function listBuckets({ account, url }: Call) {
  const query = url.searchParams;
  const filters = { id: byNumber<Bucket>(({ id }) => id), name: byText<Bucket>(({ name }) => name) };
  const rows = applyOrdering(applyFilters(account.buckets.rows(), query, filters), query.get('ordering'), {
    name: ({ name }) => name,
  });
  return ok(paginate(rows, url, (bucket) => showBucket(bucket, account)));
}

/** People create buckets by hand. Whether a token can is unknown; by default it cannot. */
function postBucket({ account, token, body }: Call) {
  if (!account.settings.bucketCreateAllowed && !token.permissions.includes('buckets.create')) throw forbidden();
  const fields = body();
  const bucket = createBucket(account, readRequiredText(fields, 'name'), readText(fields, 'description'));
  return created(showBucket(bucket, account));
}

function getBucket({ account, id }: Call): Bucket {
  const bucket = account.buckets.find(id);
  if (!bucket) throw notFound();
  return bucket;
}

/** Adds and removes contacts. Their `updated_on` stays, because only the relation is saved. */
function patchBucket(call: Call) {
  const bucket = getBucket(call);
  const body = call.body();
  const add = readContactIds(body, 'add_contacts', call.account);
  const remove = readContactIds(body, 'remove_contacts', call.account);
  for (const id of add) changeMembership(call.account, id, { replace: null, add: [bucket.id], remove: [] });
  for (const id of remove) changeMembership(call.account, id, { replace: null, add: [], remove: [bucket.id] });
  return ok(showBucket(bucket, call.account));
}

function readContactIds(body: Body, field: string, account: Account): number[] {
  return readField(body, field, (ids) => toIds(ids, (id) => account.contacts.find(id) !== undefined), []);
}

function changeMembership(account: Account, contactId: number, change: Parameters<typeof changeBuckets>[2]): void {
  const contact = account.contacts.find(contactId);
  if (contact) saveContact(account, contact, { ...contact, buckets: changeBuckets(account, contact.buckets, change) });
}

function showBucket({ id, name, description, createdOn }: Bucket, account: Account) {
  const count = account.index.countInBucket(id);
  return { id, name, description, count, filter_state_hours_holidays: false, warning_message: '', created_on: createdOn };
}
