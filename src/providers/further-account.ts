import type { Connector } from './connector.ts';
import { ProviderError } from './errors.ts';
import type { ConnectOptions, Provider, ProviderClient, WebhookRoute, WebhookVerdict } from './provider.ts';

/** The id, name and variables of a vendor's further account. */
export interface AccountFacts {
  id: string;
  /** Display name. */
  name: string;
  /** A text with the settings and variables of the first account, with those of this one instead. */
  rename(text: string): string;
}

/**
 * The provider of one more account of a vendor. Its tokens, locks, errors and refusals are those of the account: the vendor's code
 * knows one account only.
 */
export function toFurtherAccount<Account, Secrets>(
  vendor: Provider<Account, Secrets>,
  { id, name, rename }: AccountFacts,
): Provider<Account, Secrets> {
  const { checkSettings, connector, webhookRoutes } = vendor;
  const facts: AccountFacts = { id, name, rename: (text) => rename(nameAtStart(text, vendor.name, name)) };
  return {
    ...vendor,
    id,
    name,
    ...(checkSettings && {
      checkSettings: (settings) =>
        checkSettings(settings).map((problem) => ({ ...problem, message: facts.rename(problem.message) })),
    }),
    ...(connector && { connector: toConnector(connector, facts) }),
    ...(webhookRoutes && { webhookRoutes: webhookRoutes.map((route) => toRoute(route, facts)) }),
    connect: (options) => toClient(vendor.connect(toOptions(options, facts)), facts),
  };
}

/** Messages begin with the vendor's name. */
function nameAtStart(text: string, vendorName: string, name: string): string {
  return text.startsWith(vendorName) ? name + text.slice(vendorName.length) : text;
}

function toRoute<Account, Secrets>(route: WebhookRoute<Account, Secrets>, facts: AccountFacts): WebhookRoute<Account, Secrets> {
  return { ...route, receive: (request, settings) => renameVerdict(route.receive(request, settings), facts) };
}

function renameVerdict(verdict: WebhookVerdict, { rename }: AccountFacts): WebhookVerdict {
  switch (verdict.kind) {
    case 'accepted':
      return verdict;
    case 'revoked':
      return { ...verdict, message: rename(verdict.message) };
    case 'ignored':
    case 'refused':
      return { ...verdict, reason: rename(verdict.reason) };
    default:
      return verdict satisfies never;
  }
}

function toConnector<Account, Secrets>(
  connector: Connector<ConnectOptions<Account, Secrets>>,
  facts: AccountFacts,
): Connector<ConnectOptions<Account, Secrets>> {
  const { webhook } = connector;
  const subscribe = webhook?.subscribe;
  return {
    ...connector,
    identify: (options, call) => attributed(connector.identify(toOptions(options, facts), call), facts),
    ...(subscribe && {
      webhook: { ...webhook, subscribe: (options, url) => attributed(subscribe(toOptions(options, facts), url), facts) },
    }),
  };
}

async function attributed<Result>(work: Promise<Result>, facts: AccountFacts): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    attribute(error, facts);
    throw error;
  }
}

/** Tokens and locks are kept by the account's id: the vendor's own id may be the same in two accounts (Google: `me`). */
function toOptions<Account, Secrets>(
  options: ConnectOptions<Account, Secrets>,
  { id, rename }: AccountFacts,
): ConnectOptions<Account, Secrets> {
  const { tokens, lockAccount } = options;
  return {
    ...options,
    tokens: {
      find: (key) => tokens.find({ ...key, provider: id }),
      refreshExclusively: (key, refresh) => tokens.refreshExclusively({ ...key, provider: id }, refresh),
      saveFailure: (key, failure) =>
        tokens.saveFailure({ ...key, provider: id }, { ...failure, message: rename(failure.message) }),
    },
    ...(lockAccount && { lockAccount: (key, limits) => lockAccount({ ...key, provider: id }, limits) }),
  };
}

/** Every method as it is, with the errors that it throws or returns attributed to the account. */
function toClient(client: ProviderClient, facts: AccountFacts): ProviderClient {
  return new Proxy(client, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        try {
          const result: unknown = await Reflect.apply(member, target, args);
          for (const part of partsOf(result)) attribute(part, facts);
          return result;
        } catch (error) {
          attribute(error, facts);
          throw error;
        }
      };
    },
  });
}

/** Where the results of a client hold errors: in lists, as rows of a page that cannot be read, and beside a record. */
function partsOf(result: unknown): unknown[] {
  if (Array.isArray(result)) return result;
  if (typeof result !== 'object' || result === null) return [];
  const { unreadable, dropped }: { unreadable?: unknown; dropped?: unknown } = result;
  return [...(Array.isArray(unreadable) ? unreadable : []), dropped];
}

function attribute(part: unknown, { id, rename }: AccountFacts): void {
  if (part instanceof ProviderError) part.attributeTo(id, rename);
  else if (isMissingField(part)) part.setting = rename(part.setting);
}

function isMissingField(part: unknown): part is { setting: string } {
  return typeof part === 'object' && part !== null && 'setting' in part && typeof part.setting === 'string';
}
