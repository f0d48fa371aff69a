import type { ApiDeps } from '#api/deps.ts';
import { readIncidentFacts, type WatchedAccount } from '#db/incidents/incident-facts.ts';
import { listIncidents } from '#db/incidents/incidents.ts';
import { describeParked, findIncidents, type IncidentRules } from '#domain/incidents/find-incidents.ts';
import type { IncidentType } from '#domain/incidents/incident.ts';
import { findTelling } from '#domain/incidents/telling.ts';
import { splitRemedy } from '#domain/split-remedy.ts';

/** As `notifySchema` has them. */
const defaultRules: IncidentRules = { unreachableMinutes: 30, silentHours: 48, driftPercent: 2 };

interface Found {
  check: 'parked' | 'credentials' | 'accounts' | 'webhooks' | 'passes' | 'notify';
  severity: 'error' | 'warning';
  says: string;
  fix: string | null;
}

/** The incidents of now, which operators are told of, too. Whoever may read findings may read the messages of errors. */
export async function findIncidentProblems({ db, providers, notify }: ApiDeps): Promise<Found[]> {
  const rules: IncidentRules = notify ?? defaultRules;
  const now = new Date();
  const facts = await readIncidentFacts(db, providers.flatMap(toWatched), { silentHours: rules.silentHours, now });
  const ofAccounts = findIncidents({ ...facts, failing: [] }, rules, now);
  const parked = facts.failing.map(({ example, ...group }) => describeParked(group, example));
  return [...ofAccounts, ...parked].map(({ type, reason, severity, says, fix }) => ({
    ...{ check: reason === 'webhooks' ? ('webhooks' as const) : checks[type], severity, says, fix },
  }));
}

const checks: Record<IncidentType, Found['check']> = {
  'sync.parked': 'parked',
  'provider.credentials_failed': 'credentials',
  'provider.silent': 'accounts',
  'drift.high': 'passes',
};

function toWatched(provider: ApiDeps['providers'][number]): WatchedAccount[] {
  const { id, settings, isSourceOnly = false, isPolled = false, webhookRoutes, oauthAccountId = null } = provider;
  return settings === null || isSourceOnly ? [] : [{ id, isPolled, hasWebhooks: webhookRoutes.length > 0, oauthAccountId }];
}

/** A message is late once it has been due for this long. */
const lateMinutes = 15;

/** Ways of telling operators that lack a variable, or whose messages do not get through. */
export async function findNotifyProblems({ db, notify }: ApiDeps): Promise<Found[]> {
  if (!notify) return [];
  const { ways, closed, intervalMinutes } = notify;
  const incidents = ways.length === 0 ? [] : await listIncidents(db);
  const then = new Date(Date.now() - lateMinutes * 60_000);
  const late = ways.filter((channel) =>
    incidents.some((each) => findTelling(each, { channel, now: then, intervalMinutes }) !== null),
  );
  return [
    ...closed.map((sentence): Found => ({ check: 'notify', severity: 'error', ...splitRemedy(sentence) })),
    ...late.map((channel): Found => ({ check: 'notify', severity: 'error', ...lateMessages[channel] })),
  ];
}

const lateMessages = {
  email: {
    says: `A message about problems could not be sent by email for ${lateMinutes} minutes.`,
    fix: 'Check SMTP_URL, SMTP_FROM and the mail server. The workflow accord/incidents in the Temporal Web UI has the error.',
  },
  slack: {
    says: `A message about problems could not be posted to the incoming webhook for ${lateMinutes} minutes.`,
    fix: 'Check the URL of the incoming webhook. The workflow accord/incidents in the Temporal Web UI has the error.',
  },
};
