import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { conflict } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { recordAudit } from '#db/audit-log.ts';
import { type AccountState, findAccount, listAccounts, listUnreadAccounts, setAccountMode } from '#db/sync/account-modes.ts';
import { type GoLiveRun, listGoLiveRuns } from '#db/sync/go-live-runs.ts';
import { accountModes } from '#domain/account-mode.ts';
import { goLiveRuns, showRuns } from './show-run.ts';
import { assertNotRunning, findNewestRun, noAccount, startRuns, toOpening } from './start-run.ts';

const mode = z.object({ provider: z.string(), mode: z.enum(accountModes) });
const accountParameter = z.object({ provider: z.string().max(100) });

export const goLiveOperations = [
  defineOperation({
    method: 'post',
    path: '/api/v1/go-live',
    tag: 'Go live',
    summary: 'Start writing to accounts that were only observed, or were paused',
    description:
      'Without `provider`, to all of them. With `limit`, to a canary: so many contacts of each account, and these only. A second canary adds ' +
      'as many. A canary that was paused goes on as one; the next go-live without a limit writes the rest. A run that has failed goes on.',
    scope: 'sync:write',
    body: z
      .strictObject({
        provider: z.string().max(100).optional(),
        limit: z.int().min(1).max(10_000).optional(),
        accept_unread: z
          .boolean()
          .default(false)
          .meta({ description: 'Go live though an account has not been read completely.' }),
      })
      .default({ accept_unread: false }),
    response: { status: 202, description: 'The runs', data: goLiveRuns },
    problems: { 404: 'No such account', 409: 'Nothing to do, not read yet, or already running' },
    async handle({ body, actor }, deps) {
      const accounts = await chooseAccounts(deps, body.provider);
      if (!body.accept_unread) await assertEverythingIsRead(deps);
      for (const { account, newest } of accounts) await assertNotRunning(deps, account.provider, newest);
      const openings = accounts.map(({ account, newest }) => toOpening(account, newest, body.limit));
      return { runs: await showRuns(deps, await startRuns(deps, openings, actor)) };
    },
  }),
  defineOperation({
    method: 'get',
    path: '/api/v1/go-live',
    tag: 'Go live',
    summary: 'List the runs, newest first',
    scope: 'sync:read',
    query: z.strictObject({
      provider: z.string().max(100).optional(),
      limit: z.coerce.number().int().min(1).max(100).default(10),
    }),
    response: { status: 200, description: 'The runs', data: goLiveRuns },
    async handle({ query }, deps) {
      return { runs: await showRuns(deps, await listGoLiveRuns(deps.db, query)) };
    },
  }),
  defineOperation({
    method: 'post',
    path: '/api/v1/accounts/{provider}/pause',
    tag: 'Go live',
    summary: 'Stop writing to an account',
    description: 'Accord goes on reading it. Writes in progress end. Resuming makes the outstanding writes.',
    scope: 'sync:write',
    params: accountParameter,
    response: { status: 200, description: 'The mode of the account', data: mode },
    problems: { 404: 'No such account', 409: 'The account is not written to' },
    async handle({ params: { provider }, actor }, { db }) {
      const account = await findAccount(db, provider);
      if (!account) throw noAccount(provider);
      if (account.mode === 'observe' || account.mode === 'paused')
        throw conflict('not-live', `Accord does not write to ${provider}: its mode is ${account.mode}.`);
      await setAccountMode(db, provider, 'paused');
      await recordAudit(db, { actor, action: 'account.pause', target: provider });
      return { provider, mode: 'paused' as const };
    },
  }),
  defineOperation({
    method: 'post',
    path: '/api/v1/accounts/{provider}/resume',
    tag: 'Go live',
    summary: 'Write to a paused account again',
    description: 'As before the pause: a canary goes on as one.',
    scope: 'sync:write',
    params: accountParameter,
    response: { status: 202, description: 'The run that makes the outstanding writes', data: goLiveRuns },
    problems: { 404: 'No such account', 409: 'The account is not paused' },
    async handle({ params: { provider }, actor }, deps) {
      const account = await findAccount(deps.db, provider);
      if (!account) throw noAccount(provider);
      if (account.mode !== 'paused') throw conflict('not-paused', `${provider} is not paused: its mode is ${account.mode}.`);
      const newest = await findNewestRun(deps, provider);
      await assertNotRunning(deps, provider, newest);
      return { runs: await showRuns(deps, await startRuns(deps, [toOpening(account, newest, undefined)], actor)) };
    },
  }),
];

interface Chosen {
  account: AccountState;
  newest: GoLiveRun | undefined;
}

/** The accounts that are not live, and those whose last run did not end. */
async function chooseAccounts(deps: ApiDeps, provider: string | undefined): Promise<Chosen[]> {
  const connected = (await listAccounts(deps.db)).filter((account) => deps.contacts.providers.has(account.provider));
  const named = connected.filter((account) => (provider ?? account.provider) === account.provider);
  if (provider !== undefined && named.length === 0) throw noAccount(provider);
  const chosen: Chosen[] = [];
  for (const account of named) {
    const newest = await findNewestRun(deps, account.provider);
    if (account.mode !== 'live' || newest?.state === 'failed') chosen.push({ account, newest });
  }
  if (chosen.length === 0)
    throw conflict('already-live', provider === undefined ? 'Every account is live.' : `${provider} is live already.`);
  return chosen;
}

async function assertEverythingIsRead({ db, contacts }: ApiDeps): Promise<void> {
  const unread = (await listUnreadAccounts(db)).filter((provider) => contacts.providers.has(provider));
  if (unread.length === 0) return;
  const detail =
    `Not read completely yet: ${unread.join(', ')}. A person there might be created a second time elsewhere. ` +
    'Wait for the first pass (GET /sync/runs), or start one (POST /sync/trigger).';
  throw conflict('not-read', detail);
}
