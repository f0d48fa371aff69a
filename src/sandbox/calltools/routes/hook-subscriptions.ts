import { type FieldErrors, invalid, notFound } from '#sandbox/calltools/django/errors.ts';
import { paginate } from '#sandbox/calltools/django/paging.ts';
import { readRequiredText, readText } from '#sandbox/calltools/django/read-field.ts';
import { hookModels } from '#sandbox/calltools/hooks.ts';
import type { HookSubscription } from '#sandbox/calltools/rows.ts';
import { type Call, created, noContent, ok, type Resource } from './resource.ts';

/** `/api/resthooksubscriptions/`: developers.calltools.com/webhooks. Hooks are sent only when an object is created. */
export const hookSubscriptions: Resource = {
  list: {
    GET: {
      permission: 'hooks.read',
      handle: ({ account, url }) => ok(paginate([...account.subscriptions.rows()], url, showSubscription)),
    },
    POST: { permission: 'hooks.write', handle: postSubscription },
  },
  detail: {
    GET: { permission: 'hooks.read', handle: (call) => ok(showSubscription(getSubscription(call))) },
    DELETE: {
      permission: 'hooks.write',
      handle: (call) => {
        call.account.subscriptions.delete(getSubscription(call).id);
        return noContent();
      },
    },
  },
};

/** `/api/resthookerrorlogs/`: failed deliveries. The format of its rows is not documented. */
export const hookErrorLogs: Resource = {
  list: {
    GET: {
      permission: 'hooks.read',
      handle: ({ account, url }) => {
        const rows = account.hooks.failures().map((failure, index) => ({ id: index + 1, ...failure }));
        return ok(paginate(rows, url, ({ model, at, ...row }) => ({ ...row, resthook_model: model, created_on: at })));
      },
    },
  },
};

function postSubscription({ account, body }: Call) {
  const fields = body();
  const [model, url] = [readRequiredText(fields, 'resthook_model'), readRequiredText(fields, 'url')];
  checkModelAndUrl(model, url);
  const description = readText(fields, 'description');
  const row = account.subscriptions.insert((id) => ({ id, model, url, description, createdOn: account.timestamp() }));
  return created(showSubscription(row));
}

function checkModelAndUrl(model: string, url: string): void {
  const errors: FieldErrors = {};
  if (!hookModels.some((known) => known === model)) errors.resthook_model = [`"${model}" is not a valid choice.`];
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) errors.url = ['Enter a valid URL.'];
  if (Object.keys(errors).length > 0) throw invalid(errors);
}

function getSubscription({ account, id }: Call): HookSubscription {
  const subscription = account.subscriptions.find(id);
  if (!subscription) throw notFound();
  return subscription;
}

function showSubscription({ id, model, url, description, createdOn }: HookSubscription) {
  return { id, resthook_model: model, url, description, created_on: createdOn };
}
