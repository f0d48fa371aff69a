import { z } from 'zod';
import type { ConnectableAccount } from '#api/deps.ts';
import { timeOf } from '#api/rest/page.ts';
import type { Connection } from '#db/connections/connections.ts';
import type { TokenState } from '#db/oauth-tokens.ts';
import type { AccountUsage } from '#db/worker-leases.ts';

const lastError = z.object({ type: z.string(), message: z.string(), at: z.iso.datetime() });

export const connectionCheck = z
  .object({
    name: z.enum(['account', 'scopes', 'reading', 'fields', 'lists', 'webhook']),
    isOk: z.boolean(),
    message: z.string(),
    fix: z.string().nullable().meta({ description: 'The remedy; null when nothing needs to be done.' }),
  })
  .meta({ id: 'ConnectionCheck' });

export const connection = z
  .object({
    account: z.string().meta({ description: 'The key under `accounts` in accord.yaml.', example: 'square' }),
    name: z.string().meta({ description: 'The vendor.', example: 'Square' }),
    state: z.enum(['not-connected', 'connected', 'expiring', 'failing', 'reauthorise']).meta({
      description:
        '`expiring`: the credentials end soon, and nobody renews them. `failing`: the vendor does not answer, and Accord tries again. ' +
        '`reauthorise`: the vendor refuses the credentials, and a person must connect the account again.',
    }),
    source: z
      .enum(['environment', 'stored'])
      .nullable()
      .meta({ description: 'Environment variables win over a stored connection. Null while it is not connected.' }),
    advice: z.string().nullable().meta({ description: 'The next step in one sentence; null when there is none.' }),
    methods: z.array(z.enum(['oauth', 'key'])).meta({ description: 'How the account can be connected now.' }),
    keyHelp: z.string().nullable().meta({ description: 'Where the key is made.' }),
    keyVariables: z.array(z.object({ name: z.string(), label: z.string(), isSecret: z.boolean() })).meta({
      description: 'The variables that `PUT` accepts, without those that the environment sets.',
    }),
    redirectUri: z.string().nullable().meta({ description: 'The redirect URI to register for the OAuth app.' }),
    method: z.enum(['oauth', 'key']).nullable(),
    identity: z
      .object({ id: z.string(), name: z.string().nullable() })
      .nullable()
      .meta({ description: 'The account at the vendor. It outlives a disconnect, as the links to its records do.' }),
    scopes: z.array(z.string()).nullable().meta({ description: 'Null where the vendor does not tell.' }),
    connectedAt: z.iso.datetime().nullable(),
    connectedBy: z.string().nullable(),
    expiresAt: z.iso.datetime().nullable(),
    failingSince: z.iso.datetime().nullable(),
    lastError: lastError.nullable(),
    checks: z.array(connectionCheck).nullable().meta({ description: 'Of the last check; null before the first one.' }),
    checkedAt: z.iso.datetime().nullable(),
    rate: z
      .object({
        perSecond: z.number().meta({ description: 'Calls per second that the workers may make together.' }),
        usedPerSecond: z.number().meta({ description: 'Calls per second in the last ten seconds.' }),
        waiting: z.int().meta({ description: 'Calls that wait for their turn.' }),
        pausedSeconds: z.number().meta({ description: 'Seconds until the vendor accepts calls again.' }),
        lastSuccessAt: z.iso.datetime().nullable().meta({ description: 'The last successful call since the workers started.' }),
      })
      .nullable()
      .meta({ description: 'At most two seconds old; null while no worker calls the account.' }),
  })
  .meta({ id: 'Connection' });

export interface ConnectionFacts {
  account: ConnectableAccount;
  /** Null while the account was never connected by a person nor checked. */
  stored: Connection | null;
  /** Whether stored credentials are there that the encryption key does not open. */
  isUnopened: boolean;
  token: TokenState | null;
  usage: AccountUsage | null;
  redirectUri: string;
  now: Date;
}

/** The credentials end within this time. */
const soonMs = 14 * 86_400_000;

export function showConnection(facts: ConnectionFacts): z.input<typeof connection> {
  const { account, stored, redirectUri, usage } = facts;
  const { provider, connector, variables, isInEnvironment } = account;
  const isStored = stored?.isStored === true && !isInEnvironment;
  const trouble = findTrouble(facts);
  const state = findState(facts, trouble);
  const canAuthorize = connector.oauth?.findMissingVariables(variables).length === 0;
  return {
    ...{ account: provider.id, name: provider.name, state, advice: advise(facts, state, trouble) },
    source: isInEnvironment ? 'environment' : isStored ? 'stored' : null,
    methods: isInEnvironment ? [] : [...(canAuthorize ? (['oauth'] as const) : []), ...(connector.key ? (['key'] as const) : [])],
    keyHelp: connector.key?.help ?? null,
    keyVariables: (connector.key?.variables ?? []).filter(({ name }) => !(name in variables)).map((each) => ({ ...each })),
    redirectUri: connector.oauth ? redirectUri : null,
    method: isStored ? stored.method : null,
    identity: stored?.identity ?? null,
    scopes: isStored ? stored.scopes : null,
    connectedAt: isStored ? timeOf(stored.connectedAt) : null,
    connectedBy: isStored ? stored.connectedBy : null,
    expiresAt: timeOf(stored?.expiresAt ?? null),
    failingSince: trouble?.since ?? null,
    lastError: trouble?.error ?? null,
    checks: stored?.checks?.map((check) => connectionCheck.parse(check)) ?? null,
    checkedAt: timeOf(stored?.checkedAt ?? null),
    rate: usage && showRate(usage),
  };
}

function showRate({ perSecond, usedPerSecond, waiting, pausedSeconds, lastSuccessAt }: AccountUsage) {
  return { perSecond, usedPerSecond, waiting, pausedSeconds, lastSuccessAt: timeOf(lastSuccessAt) };
}

interface Trouble {
  since: string;
  error: z.infer<typeof lastError>;
}

/** A failed refresh of the token, or failed calls. */
function findTrouble({ stored, token }: ConnectionFacts): Trouble | null {
  const error = token?.lastError ?? stored?.lastError ?? null;
  return error && { since: timeOf(stored?.failingSince ?? null) ?? error.at, error };
}

type State = z.infer<typeof connection>['state'];

function findState({ account, stored, isUnopened, now }: ConnectionFacts, trouble: Trouble | null): State {
  if (isUnopened && !account.isInEnvironment) return 'reauthorise';
  if (!account.isInEnvironment && !stored?.isStored) return 'not-connected';
  if (trouble) return needsPerson(trouble) ? 'reauthorise' : 'failing';
  const end = stored?.expiresAt ?? null;
  return end !== null && end.getTime() - now.getTime() < soonMs ? 'expiring' : 'connected';
}

const needsPerson = ({ error: { type } }: Trouble): boolean => type === 'AuthenticationError' || type === 'GrantRevoked';

function advise({ account, stored, isUnopened }: ConnectionFacts, state: State, trouble: Trouble | null): string | null {
  const { id, name } = account.provider;
  const again = account.isInEnvironment
    ? 'Set new credentials in the environment and restart.'
    : `Connect it again: accord connect ${id}.`;
  switch (state) {
    case 'not-connected':
      return explainMethods(account);
    case 'connected':
      return stored?.isStored && account.isInEnvironment
        ? `The environment connects ${name}: its stored connection is not used.`
        : null;
    case 'expiring':
      return `The credentials end soon. ${again}`;
    case 'failing':
      return `${trouble?.error.message ?? ''} Accord tries again.`.trim();
    case 'reauthorise':
      return isUnopened
        ? `ACCORD_ENCRYPTION_KEY does not open the stored credentials: set the key that encrypted them. Or: ${again}`
        : `${trouble?.error.message ?? ''} ${again}`.trim();
    default:
      return state satisfies never;
  }
}

function explainMethods({ connector: { oauth, key }, variables, provider: { id, name } }: ConnectableAccount): string {
  const missing = oauth?.findMissingVariables(variables) ?? [];
  if (key || missing.length === 0) return `${name} is not connected: accord connect ${id}.`;
  return `${name} is not connected: set ${and.format(missing)} of an OAuth app (see .env.example), then accord connect ${id}.`;
}

const and = new Intl.ListFormat('en-GB');
