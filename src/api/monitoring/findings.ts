import { z } from 'zod';
import type { ApiDeps, ApiProvider } from '#api/deps.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { type FindingCounts, readFindingCounts } from '#db/findings.ts';
import { type AccountState, listAccounts, listUnreadAccounts } from '#db/sync/account-modes.ts';
import { countOf } from '#domain/count-of.ts';
import { splitRemedy } from '#domain/split-remedy.ts';
import { findIncidentProblems, findNotifyProblems } from './incident-findings.ts';
import { readReadiness } from './readiness.ts';

const finding = z
  .object({
    check: z.enum([
      'servers',
      'workers',
      'accounts',
      'credentials',
      'webhooks',
      'parked',
      'passes',
      'questions',
      'deletes',
      'deliveries',
      'notify',
    ]),
    severity: z.enum(['error', 'warning', 'note']).meta({
      description: '`error`: something does not work. `warning`: something will fail, or data is lost. `note`: for information.',
    }),
    says: z.string().meta({ description: 'The problem, in one sentence.' }),
    fix: z.string().nullable().meta({ description: 'The remedy; null when nothing needs to be done.' }),
  })
  .meta({ id: 'Finding' });

type Finding = z.input<typeof finding>;

export const findingOperations = [
  defineOperation({
    method: 'get',
    path: '/api/v1/findings',
    tag: 'Health',
    summary: 'List problems of this installation, with remedies',
    description: 'Errors first. `GET /api/v1/connections` has those about scopes, fields and buckets at the vendors.',
    scope: 'sync:read',
    response: { status: 200, description: 'The findings; none when all is well', data: z.object({ findings: z.array(finding) }) },
    async handle(_input, deps) {
      const parts = await Promise.all([
        findServerProblems(deps),
        findAccountProblems(deps),
        findIncidentProblems(deps),
        findNotifyProblems(deps),
        findStoredProblems(deps),
      ]);
      const order = ['error', 'warning', 'note'];
      return { findings: parts.flat().toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity)) };
    },
  }),
];

async function findServerProblems(deps: ApiDeps): Promise<Finding[]> {
  const { problems } = await readReadiness(deps);
  return problems.map((problem) => ({ check: 'servers', severity: 'error', ...splitRemedy(problem) }));
}

const connected = ({ providers }: ApiDeps): ApiProvider[] =>
  providers.filter(({ settings, isSourceOnly }) => settings !== null && !isSourceOnly);

async function findAccountProblems(deps: ApiDeps): Promise<Finding[]> {
  const [accounts, unread] = await Promise.all([listAccounts(deps.db), listUnreadAccounts(deps.db)]);
  const own = accounts.filter(({ provider }) => connected(deps).some(({ id }) => id === provider));
  const silent = connected(deps).length > 0 ? [] : ['No account is connected, so that nothing is synced.'];
  return [
    ...silent.map(
      (says): Finding => ({ check: 'accounts', severity: 'error', says, fix: 'Connect an account: accord connect.' }),
    ),
    ...own.flatMap((account) => describeMode(account, unread.includes(account.provider))),
  ];
}

function describeMode({ provider, mode }: AccountState, isUnread: boolean): Finding[] {
  if (mode === 'live') return [];
  if (isUnread) {
    const says = `${provider} has not been read completely yet, and nothing is written there.`;
    return [{ check: 'accounts', severity: 'note', says, fix: 'Wait for its full pass: accord status.' }];
  }
  const says = {
    observe: `${provider} is only observed: nothing is written there.`,
    canary: `${provider} writes to the contacts of a canary only.`,
    paused: `${provider} is paused: nothing is written there.`,
  }[mode];
  return [{ check: 'accounts', severity: 'note', says, fix: `Read accord plan, then accord go-live --account ${provider}.` }];
}

async function findStoredProblems(deps: ApiDeps): Promise<Finding[]> {
  const accounts = connected(deps);
  const ids = accounts.map(({ id }) => id);
  const counts = await readFindingCounts(deps.db, ids);
  const unserved = ids.filter((id) => !counts.served.includes(id));
  const hasWebhooks = (id: string) => accounts.some((account) => account.id === id && account.webhookRoutes.length > 0);
  const unheard = ids.filter((id) => hasWebhooks(id) && !counts.heard.includes(id));
  return [
    ...unserved.map((id) =>
      toFinding('workers', 'error', {
        says: `No worker serves ${id}: its changes are stored, and wait.`,
        fix: 'Start a worker (npm run worker), or add the account to its WORKER_ROLES.',
      }),
    ),
    ...unheard.map((id) =>
      toFinding('webhooks', 'warning', {
        says: `No webhook of ${id} has ever arrived: changes are found by the nightly pass.`,
        fix: 'Register the webhook at the vendor, as docs/operating.md says, and change a contact there.',
      }),
    ),
    ...counts.refused.map(({ route, code, count, reason }) =>
      toFinding('webhooks', 'warning', {
        says: `${countOf(count, 'request')} to ${route} ${count === 1 ? 'was' : 'were'} refused in the last day (${code}): ${reason}`,
        fix: 'Compare the secret or key of the webhook with that of the vendor: GET /inbox/refusals has each one.',
      }),
    ),
    ...counts.failedPasses.map((id) =>
      toFinding('passes', 'warning', {
        says: `The last full pass over ${id} failed.`,
        fix: 'Read its error in the Temporal Web UI (GET /sync/runs has the link), then POST /sync/trigger.',
      }),
    ),
    ...describeDeletes(counts),
    ...describeQuestions(counts),
  ];
}

const toFinding = (
  check: Finding['check'],
  severity: Finding['severity'],
  { says, fix }: Pick<Finding, 'says' | 'fix'>,
): Finding => ({ check, severity, says, fix });

const doubts = {
  empty: 'found no record at all',
  incomplete: 'found fewer records than the vendor counts',
  loss: 'missed more records than usual',
};

const deadFix = 'GET /api/v1/webhooks/dead-letters lists them.';
const conflictFix = 'accord contact --state asked lists them.';
const submissionFix = 'accord submissions --waiting lists them.';

/** Why deletions are not followed by themselves. */
function describeDeletes({ doubtful, losing }: FindingCounts): Finding[] {
  return [
    ...doubtful.map(({ provider, doubt, missing, linked }) =>
      toFinding('deletes', 'warning', {
        says: `The last full pass over ${provider} ${doubts[doubt]} (${missing} of ${linked} missing): no deletion was followed.`,
        fix: `Look at the account. If the records were deleted: accord passes start ${provider} --accept-loss.`,
      }),
    ),
    ...losing.map(({ source, count }) =>
      toFinding('deletes', 'warning', {
        says: `More people than usual were deleted at ${source} within an hour: ${count} ${count === 1 ? 'waits' : 'wait'} for a decision.`,
        fix: `Look at the account, then accord deletes --source ${source}.`,
      }),
    ),
  ];
}

function describeQuestions({ candidates, conflicts, submissions, dead, deletes }: FindingCounts): Finding[] {
  const waiting = [
    ['deliveries', dead, 'delivery to a subscriber has', 'deliveries to subscribers have', 'no retries left', deadFix],
    ['questions', candidates, 'pair of contacts', 'pairs of contacts', 'may be one person', 'Decide: accord candidates.'],
    ['questions', conflicts, 'record has', 'records have', 'a conflict that waits for a decision', conflictFix],
    ['questions', deletes, 'record', 'records', 'of people deleted elsewhere may have to go too', 'Decide: accord deletes.'],
    ['questions', submissions, 'form submission waits', 'form submissions wait', 'for proof', submissionFix],
  ] as const;
  return waiting
    .filter(([, count]) => count > 0)
    .map(([check, count, one, many, rest, fix]) =>
      toFinding(check, check === 'deliveries' ? 'warning' : 'note', { says: `${countOf(count, one, many)} ${rest}.`, fix }),
    );
}
