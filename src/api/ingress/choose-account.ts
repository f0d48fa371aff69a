import type { ApiProvider } from '#api/deps.ts';
import { ApiProblem } from '#api/rest/errors.ts';
import type { RefusalCode, WebhookRequest, WebhookRoute, WebhookVerdict } from '#providers/provider.ts';

/** A URL for webhooks, and the accounts that may get them there. */
export interface SharedRoute {
  paths: readonly string[];
  /** The route of the first account: the others differ in their settings only. */
  route: WebhookRoute;
  accounts: { provider: ApiProvider; route: WebhookRoute }[];
}

/** The webhook routes of all accounts. Accounts of one vendor share their vendor's URLs. */
export function groupRoutes(providers: readonly ApiProvider[]): SharedRoute[] {
  const byPath = new Map<string, SharedRoute>();
  for (const provider of providers) {
    for (const route of provider.webhookRoutes) {
      const shared = byPath.get(nameOf(route)) ?? { paths: route.paths, route, accounts: [] };
      shared.accounts.push({ provider, route });
      byPath.set(nameOf(route), shared);
    }
  }
  return [...byPath.values()];
}

/** Logs, metrics and the inbox use the path that vendors are given, whichever alias a request came by. */
export const nameOf = ({ paths }: Pick<WebhookRoute, 'paths'>): string => paths[0] ?? '';

export interface AccountVerdict {
  provider: string;
  verdict: WebhookVerdict;
}

/**
 * The verdict of the account that a webhook is for. Each account checks it with its own secrets and looks for its own id in it: a webhook
 * that one account accepts never reaches another one.
 */
export function chooseAccount(accounts: SharedRoute['accounts'], request: WebhookRequest): AccountVerdict {
  const connected = accounts.flatMap(({ provider, route }) => {
    const { id, settings } = provider;
    return settings === null ? [] : [{ provider: id, verdict: route.receive(request, settings) }];
  });
  const [first, second] = connected.toSorted((one, other) => rankOf(one.verdict) - rankOf(other.verdict));
  if (!first) throw notConnected(accounts[0]?.provider);
  if (second && rankOf(first.verdict) + rankOf(second.verdict) === 0) throw ambiguous(first, second);
  return first;
}

/** The account that a webhook is for says most about it: only there its time and its body matter. */
function rankOf(verdict: WebhookVerdict): number {
  switch (verdict.kind) {
    case 'accepted':
    case 'revoked':
      return 0;
    case 'ignored':
      return 2;
    case 'refused':
      return refusalRanks[verdict.code];
    default:
      return verdict satisfies never;
  }
}

const refusalRanks: Record<RefusalCode, number> = {
  'stale-timestamp': 1,
  'malformed-body': 1,
  'wrong-signature': 3,
  'missing-signature': 4,
  'not-configured': 5,
};

function ambiguous(one: AccountVerdict, other: AccountVerdict): ApiProblem {
  const detail =
    `The webhook does not say whether it is for ${one.provider} or ${other.provider}: add the account's id to its body, ` +
    `or send it to this URL with /${one.provider} or /${other.provider} at the end.`;
  return new ApiProblem({ status: 400, code: 'malformed-body', detail });
}

function notConnected(provider: ApiProvider | undefined): ApiProblem {
  const detail = provider?.notConnected ?? `${provider?.id ?? 'The account'} is not connected.`;
  return new ApiProblem({ status: 401, code: 'not-configured', detail });
}
