import type { ApiDeps, ConnectableAccount } from '#api/deps.ts';
import { recordAudit } from '#db/audit-log.ts';
import { addVariables, saveChecks } from '#db/connections/connections.ts';
import type { ConnectionCheck } from '#db/connections/tables.ts';
import { parseAccountId } from '#domain/account-id.ts';
import type { AccountIdentity } from '#providers/connector.ts';
import { AuthenticationError, ProviderError } from '#providers/errors.ts';
import type { ConnectOptions, ProviderClient } from '#providers/provider.ts';

interface CheckedAccount {
  account: ConnectableAccount;
  options: ConnectOptions<unknown, unknown>;
  /** Known scopes of a grant; those that the vendor tells with the identity come first. */
  scopes: readonly string[] | null;
  actor: string;
}

/** Checks a connected account, one sentence each, and stores the result. Subscribes to webhooks where the vendor's API allows it. */
export async function checkAccount(deps: ApiDeps, checked: CheckedAccount): Promise<ConnectionCheck[]> {
  const { account, options } = checked;
  const { identity, check } = await checkIdentity(checked);
  const client = account.provider.connect(options);
  const checks =
    identity === null
      ? [check]
      : [
          check,
          ...checkScopes(checked, identity.scopes ?? checked.scopes),
          ...(await Promise.all([
            checkReading(checked, client),
            ...(client.findMissingFields ? [checkFields(checked, client)] : []),
            ...(client.findMissingLists && account.lists.length > 0 ? [checkLists(checked, client)] : []),
            ...(account.connector.webhook || account.provider.pollSchedule ? [checkWebhook(deps, checked)] : []),
          ])),
        ];
  await saveChecks(deps.db, account.provider.id, { identity: identity && { id: identity.id, name: identity.name }, checks });
  return checks;
}

async function checkIdentity({
  account: { provider, connector },
  options,
}: CheckedAccount): Promise<{ identity: AccountIdentity | null; check: ConnectionCheck }> {
  try {
    const identity = await connector.identify(options);
    return { identity, check: ok('account', `The credentials open the account ${describe(identity)} of ${provider.name}.`) };
  } catch (error) {
    return { identity: null, check: toFailed('account', error, `Connect it again: accord connect ${provider.id}.`) };
  }
}

export function describe({ id, name }: { id: string; name: string | null }): string {
  return name === null || name === id ? id : `“${name}” (${id})`;
}

function checkScopes({ account: { provider, connector } }: CheckedAccount, granted: readonly string[] | null): ConnectionCheck[] {
  const needed = connector.oauth?.scopes ?? [];
  if (needed.length === 0) return [];
  if (granted === null) return [ok('scopes', `${provider.name} does not tell what a key may do; reading is tried below.`)];
  const missing = needed.filter((scope) => !granted.includes(scope));
  if (missing.length === 0) return [ok('scopes', `The credentials may do all that Accord needs: ${needed.join(', ')}.`)];
  const message = `The credentials lack ${missing.join(', ')}.`;
  return [failed('scopes', message, `Connect it again and allow all that is asked for: accord connect ${provider.id}.`)];
}

async function checkReading({ account: { provider } }: CheckedAccount, client: ProviderClient): Promise<ConnectionCheck> {
  try {
    const { total } = await client.list({ cursor: null }, { priority: 1 });
    return ok('reading', `Accord can read the records${total === null ? '' : `: there are ${total}`}.`);
  } catch (error) {
    return toFailed(
      'reading',
      error,
      `Give the key the right to read and write contacts, then connect again: accord connect ${provider.id}.`,
    );
  }
}

async function checkFields({ account: { provider } }: CheckedAccount, client: ProviderClient): Promise<ConnectionCheck> {
  try {
    const missing = (await client.findMissingFields?.({ priority: 1 })) ?? [];
    if (missing.length === 0) return ok('fields', 'No field that accord.yaml names is missing.');
    const names = missing.map(({ setting, field }) => `${field} (${setting})`).join(', ');
    const existing = [...new Set(missing.flatMap((each) => each.existing))].slice(0, 20).join(', ');
    return failed(
      'fields',
      `${provider.name} has no field ${names}.`,
      `Make it there, or name another one in accord.yaml and restart. It has: ${existing || 'none'}.`,
    );
  } catch (error) {
    return toFailed('fields', error, 'The fields could not be checked; check again later.');
  }
}

async function checkLists({ account: { provider } }: CheckedAccount, client: ProviderClient): Promise<ConnectionCheck> {
  try {
    const missing = (await client.findMissingLists?.({ priority: 1 })) ?? [];
    if (missing.length === 0) return ok('lists', 'Every bucket that audiences name exists.');
    return failed(
      'lists',
      `${provider.name} has no bucket ${missing.map((name) => `“${name}”`).join(', ')}.`,
      'Make it there, or name another one under audiences in accord.yaml and restart.',
    );
  } catch (error) {
    return toFailed('lists', error, 'The buckets could not be checked; check again later.');
  }
}

async function checkWebhook(deps: ApiDeps, checked: CheckedAccount): Promise<ConnectionCheck> {
  const { account, options } = checked;
  const { webhook } = account.connector;
  const { name } = account.provider;
  const path = account.provider.webhookRoutes?.[0]?.paths[0];
  if (!webhook || path === undefined) return ok('webhook', `${name} sends no webhooks for edits: Accord asks for changes.`);
  const { id } = account.provider;
  // A further account of a vendor has a URL of its own.
  const url = `${deps.publicUrl ?? ''}${path}${parseAccountId(id)?.suffix ? `/${id}` : ''}`;
  const all = webhook.steps({ url, secrets: options.secrets });
  const steps = all.map((step, index) => `${index + 1}. ${step}`).join(' ');
  try {
    const subscribed = await subscribe(deps, checked, url);
    if (subscribed) return ok('webhook', `${name} sends webhooks to ${url}.`);
  } catch (error) {
    return toFailed('webhook', error, steps);
  }
  if (!webhook.isVerifiable(options.secrets)) return failed('webhook', `${name} sends no webhooks yet.`, steps);
  return { ...ok('webhook', `Accord takes webhooks of ${name} at ${url}, once it sends them.`), fix: steps };
}

/** True when the vendor's API has a subscription. Webhooks that the environment sets up stay as they are. */
async function subscribe(deps: ApiDeps, { account, options, actor }: CheckedAccount, url: string): Promise<boolean> {
  const { webhook } = account.connector;
  const key = deps.connections?.encryptionKey ?? null;
  if (!webhook?.subscribe || account.isInEnvironment || key === null || webhook.isVerifiable(account.variables)) return false;
  const variables = await webhook.subscribe(options, url);
  if (variables === null) return false;
  const { id: provider } = account.provider;
  await deps.db.transaction().execute(async (tx) => {
    await addVariables(tx, key, provider, variables);
    await recordAudit(tx, { actor, action: 'connection.subscribe', target: provider, details: { url } });
  });
  return true;
}

function ok(name: string, message: string): ConnectionCheck {
  return { name, isOk: true, message, fix: null };
}

function failed(name: string, message: string, fix: string): ConnectionCheck {
  return { name, isOk: false, message, fix };
}

function toFailed(name: string, error: unknown, fix: string): ConnectionCheck {
  if (!(error instanceof ProviderError)) throw error;
  return failed(name, error.message, error instanceof AuthenticationError ? fix : `Check again in a moment. ${fix}`);
}
