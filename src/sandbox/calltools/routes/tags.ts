import type { Account } from '#sandbox/calltools/account.ts';
import { notFound } from '#sandbox/calltools/django/errors.ts';
import { applyFilters, applyOrdering, byNumber, byText } from '#sandbox/calltools/django/filters.ts';
import { paginate } from '#sandbox/calltools/django/paging.ts';
import { readRequiredText } from '#sandbox/calltools/django/read-field.ts';
import type { Tag } from '#sandbox/calltools/rows.ts';
import { type Call, created, ok, type Resource } from './resource.ts';

/** `/api/alltags/` and `/api/alltags/{id}/`. */
export const tags: Resource = {
  list: {
    GET: { permission: 'tags.read', handle: listTags },
    POST: {
      permission: 'tags.write',
      handle: ({ account, body }) => created(showTag(createTag(account, readRequiredText(body(), 'name')), account)),
    },
  },
  detail: {
    GET: { permission: 'tags.read', handle: (call) => ok(showTag(getTag(call), call.account)) },
    PATCH: { permission: 'tags.write', handle: patchTag },
  },
};

/** Creates a tag. Names need not be unique: no such rule is known. */
export function createTag(account: Account, name: string): Tag {
  return account.tags.insert((id) => ({ id, name, createdOn: account.timestamp() }));
}

function listTags({ account, url }: Call) {
  const query = url.searchParams;
  const filters = { id: byNumber<Tag>(({ id }) => id), name: byText<Tag>(({ name }) => name) };
  const rows = applyOrdering(applyFilters(account.tags.rows(), query, filters), query.get('ordering'), {
    name: ({ name }) => name,
  });
  return ok(paginate(rows, url, (tag) => showTag(tag, account)));
}

function getTag({ account, id }: Call): Tag {
  const tag = account.tags.find(id);
  if (!tag) throw notFound();
  return tag;
}

/** `{"add_contacts":[…]}` succeeds and changes nothing (seen by an integrator, not documented). */
function patchTag(call: Call) {
  const tag = getTag(call);
  call.body();
  return ok(showTag(tag, call.account));
}

function showTag({ id, name, createdOn }: Tag, account: Account) {
  return { id, name, contact_count: account.index.countWithTag(id), created_on: createdOn };
}
