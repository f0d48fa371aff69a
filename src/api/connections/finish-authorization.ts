import { AuthorizationResponseError, OperationProcessingError, validateAuthResponse } from 'oauth4webapi';
import type { ApiDeps, ConnectableAccount } from '#api/deps.ts';
import { ApiProblem, conflict } from '#api/rest/errors.ts';
import {
  type AuthorizationRequest,
  type AuthorizationSecrets,
  findByState,
  finishAuthorizationRequest,
  takeAuthorizationRequest,
  takeHeldRequest,
} from '#db/connections/authorization-requests.ts';
import type { AuthorizationState } from '#db/connections/tables.ts';
import type { OAuthFlow, OAuthGrant } from '#providers/connector.ts';
import { AuthenticationError, ProviderError } from '#providers/errors.ts';
import { assertNotInEnvironment, getAccount, needKey } from './accounts.ts';
import { connectAccount } from './connect-account.ts';

export interface Finished {
  state: AuthorizationState;
  /** One sentence for the person in front of the browser. */
  message: string;
}

/**
 * Handles the redirect of a vendor's authorise page: finds the request by the state, which works once, exchanges the code, and connects the
 * account. Throws an `ApiProblem` for a state that is missing, unknown, old or used. With `own`, only the state of that request is taken.
 */
export async function finishAuthorization(
  deps: ApiDeps,
  parameters: URLSearchParams,
  own?: AuthorizationRequest,
): Promise<Finished> {
  const key = needKey(deps);
  const state = parameters.get('state') ?? '';
  const request = await findByState(deps.db, state);
  if (!request || (own && own.id !== request.id)) throw wrongState();
  const account = getAccount(deps, request.provider);
  assertNotInEnvironment(account);
  const secrets = await takeAuthorizationRequest(deps.db, key, request.id);
  if (secrets === null) throw request.usedAt === null ? expired() : used();
  const finished = await connectBy(deps, { account, request, secrets, parameters });
  // A grant that waits for a decision is kept with its request.
  if (finished.state !== 'other-account') await finishAuthorizationRequest(deps.db, request.id, finished);
  return finished;
}

/** Connects the account of a grant that was held back because it is another one. */
export async function acceptOtherAccount(deps: ApiDeps, request: AuthorizationRequest): Promise<void> {
  const account = getAccount(deps, request.provider);
  assertNotInEnvironment(account);
  const secrets = await takeHeldRequest(deps.db, needKey(deps), request.id);
  if (!secrets?.held) throw conflict('not-waiting', 'This authorisation does not wait for a decision: begin again.');
  const { held: grant } = secrets;
  await connectAccount(deps, account, {
    method: 'oauth',
    variables: grant.variables,
    grant,
    replace: true,
    actor: request.actor,
  });
  await finishAuthorizationRequest(deps.db, request.id, { state: 'connected', message: connected(account) });
}

interface Answer {
  account: ConnectableAccount;
  request: AuthorizationRequest;
  secrets: AuthorizationSecrets;
  parameters: URLSearchParams;
}

async function connectBy(deps: ApiDeps, { account, request, secrets, parameters }: Answer): Promise<Finished> {
  const { name } = account.provider;
  const flow = account.connector.oauth;
  if (!flow) return { state: 'failed', message: `${name} has no authorise page any more.` };
  const code = readCode(flow, parameters);
  if (code.kind === 'denied') return { state: 'denied', message: `The access was denied at ${name}. Nothing was changed.` };
  if (code.kind === 'invalid') return { state: 'failed', message: `${name} sent an answer without a usable code. Begin again.` };
  try {
    const { redirectUri, codeVerifier, replace } = secrets;
    const grant = await flow.exchange({ code: code.code, redirectUri, codeVerifier }, account.variables);
    const missing = grant.scopes === null ? [] : flow.scopes.filter((scope) => !grant.scopes?.includes(scope));
    if (missing.length > 0) {
      return {
        state: 'failed',
        message: `${name} granted no ${missing.join(', ')}. Begin again and allow all that is asked for.`,
      };
    }
    const input = { method: 'oauth' as const, variables: grant.variables, grant, replace, actor: request.actor };
    const result = await connectAccount(deps, account, input);
    if (result.kind === 'connected') return { state: 'connected', message: connected(account) };
    return await hold(deps, request, { secrets, grant, message: result.message });
  } catch (error) {
    return { state: 'failed', message: explain(error) };
  }
}

type Code = { kind: 'code'; code: string } | { kind: 'denied' } | { kind: 'invalid' };

/** The checks of RFC 6749 and RFC 9207: one value per parameter, the vendor's own issuer, and no error. */
function readCode({ issuer }: OAuthFlow, parameters: URLSearchParams): Code {
  try {
    const valid = validateAuthResponse({ issuer }, { client_id: 'accord' }, parameters, parameters.get('state') ?? '');
    const [code, ...others] = valid.getAll('code');
    return code && others.length === 0 ? { kind: 'code', code } : { kind: 'invalid' };
  } catch (error) {
    if (error instanceof AuthorizationResponseError) return { kind: error.error === 'access_denied' ? 'denied' : 'invalid' };
    if (error instanceof OperationProcessingError) return { kind: 'invalid' };
    throw error;
  }
}

async function hold(
  deps: ApiDeps,
  { id }: AuthorizationRequest,
  { secrets, grant, message }: { secrets: AuthorizationSecrets; grant: OAuthGrant; message: string },
): Promise<Finished> {
  const finished = { state: 'other-account' as const, message };
  await finishAuthorizationRequest(deps.db, id, finished, { key: needKey(deps), secrets: { ...secrets, held: grant } });
  return finished;
}

function explain(error: unknown): string {
  if (error instanceof ApiProblem) return error.message;
  if (!(error instanceof ProviderError)) throw error;
  if (error instanceof AuthenticationError) return `${error.message} Nothing was changed.`;
  return `${error.message} Nothing was changed: begin again in a moment.`;
}

const connected = ({ provider: { name } }: ConnectableAccount) => `${name} is connected. Accord begins to read it.`;

const wrongState = () =>
  new ApiProblem({
    status: 400,
    code: 'wrong-state',
    detail: 'Nobody began this authorisation, or it was long ago: begin again, and open the page from there.',
  });

const expired = () =>
  new ApiProblem({ status: 400, code: 'expired-state', detail: 'This authorisation is too old: begin again.' });

const used = () =>
  new ApiProblem({ status: 400, code: 'used-state', detail: 'This authorisation was used before: begin again.' });
