import { countOf } from '#domain/count-of.ts';
import { toDrift } from '#domain/sync/drift.ts';
import { noCounts, type ReconcileCounts } from '#domain/sync/reconcile.ts';
import type { Incident } from './incident.ts';

/** The thresholds above which a problem is an incident. */
export interface IncidentRules {
  /** For this long all calls of an account may fail, or its polls be late. */
  unreachableMinutes: number;
  /** For this long no webhook of an account may arrive. */
  silentHours: number;
  /** As many records of an account, in per cent, may differ after a full pass. */
  driftPercent: number;
}

/** What the database knows about accounts. */
export interface IncidentFacts {
  failing: FailingRecords[];
  accounts: AccountFacts[];
}

/** Records whose last call failed in the same way. */
export interface FailingRecords {
  account: string;
  /** The class of the error. */
  type: string;
  records: number;
  permanent: boolean;
  since: Date;
}

export interface AccountFacts {
  account: string;
  /** All calls fail; null while they work. */
  failure: { type: string; message: string; since: Date } | null;
  /** The vendor renews the OAuth token no more; null while it does, and without one. */
  grant: { type: string; message: string; since: Date } | null;
  /** The last poll that ended well; null for an account that is not polled, and before the first. */
  lastPoll: Date | null;
  /** Whether webhooks came once, and none within `silentHours`. */
  hasFallenSilent: boolean;
  /** The last complete full pass; null before the first. `remainingNow`: the present rest of its drift. */
  lastPass: { counts: Partial<ReconcileCounts>; remainingNow: number | null; endedAt: Date } | null;
}

/** All incidents of now. */
export function findIncidents({ failing, accounts }: IncidentFacts, rules: IncidentRules, now: Date): Incident[] {
  return [
    ...accounts.flatMap(findRefused),
    ...accounts.flatMap((facts) => findSilent(facts, rules, now)),
    ...failing.map((group) => describeParked(group)),
    ...accounts.flatMap((facts) => findDrift(facts, rules)),
  ];
}

/** Without those that another one explains: an account that refuses our credentials has parked records, and one remedy ends both. */
export function withoutConsequences(incidents: readonly Incident[]): Incident[] {
  const has = (account: string, type: Incident['type'], reason?: string) =>
    incidents.some((each) => each.account === account && each.type === type && (reason === undefined || each.reason === reason));
  return incidents.filter(({ type, account, reason }) => {
    const isRefused = has(account, 'provider.credentials_failed');
    const isAway = has(account, 'provider.silent', 'calls');
    if (type === 'provider.silent') return !isRefused && (reason === 'calls' || !isAway);
    if (type !== 'sync.parked') return true;
    return !(isRefused && reason === refusal) && !(isAway && reason === 'UnavailableError');
  });
}

const refusal = 'AuthenticationError';
const needsPerson = (type: string): boolean => type === refusal || type === 'GrantRevoked';

function findRefused({ account, failure, grant }: AccountFacts): Incident[] {
  const error = grant ?? (failure && needsPerson(failure.type) ? failure : null);
  if (error === null) return [];
  const says = grant === null ? `${account} refuses our credentials` : `The OAuth token of ${account} could not be renewed`;
  return [
    {
      ...{ type: 'provider.credentials_failed', account, reason: null, severity: 'error', records: null, since: error.since },
      says: `${says}: ${error.message}`,
      fix: `Connect it again: accord connect ${account}. If its key is in the environment, set a new one there, and restart.`,
      // One refused call may be a slip of the vendor.
      settleMinutes: 1,
    },
  ];
}

function findSilent(facts: AccountFacts, rules: IncidentRules, now: Date): Incident[] {
  const { account, failure, lastPoll, hasFallenSilent } = facts;
  const isLong = (since: Date) => now.getTime() - since.getTime() > rules.unreachableMinutes * 60_000;
  const silent = { type: 'provider.silent', account, severity: 'warning', records: null, settleMinutes: 0 } as const;
  const found: Incident[] = [];
  if (failure && !needsPerson(failure.type) && isLong(failure.since))
    found.push({
      ...{ ...silent, reason: 'calls', severity: 'error', since: failure.since },
      says: `${account} has not answered since ${toMinute(failure.since)}: ${failure.message}`,
      fix: 'Accord tries again by itself, and loses nothing. Look at the status page of the vendor, and at the network of the worker.',
    });
  if (lastPoll && isLong(lastPoll))
    found.push({
      // After a longer stop of the workers the first poll is under way.
      ...{ ...silent, reason: 'polls', since: lastPoll, settleMinutes: 2 },
      says: `${account} was last asked for changes at ${toMinute(lastPoll)}.`,
      fix: 'See whether its schedule is paused, and whether a worker runs: accord status.',
    });
  if (hasFallenSilent)
    found.push({
      ...{ ...silent, reason: 'webhooks', since: new Date(now.getTime() - rules.silentHours * 3_600_000) },
      says: `No webhook of ${account} has arrived for ${countOf(rules.silentHours, 'hour')}: changes are found by the nightly pass.`,
      fix: 'Check its webhook subscription: accord doctor --check.',
    });
  return found;
}

/** `example`: the message of one of the errors, which may quote a value of the record. */
export function describeParked(
  { account, type, records, permanent, since }: FailingRecords,
  example: string | null = null,
): Incident {
  const what = `${countOf(records, 'record is', 'records are')} out of step at ${account} (${type})`;
  return {
    ...{ type: 'sync.parked', account, reason: type, records, since },
    severity: permanent ? 'error' : 'warning',
    says: example === null ? `${what}.` : `${what}, such as: ${example}`,
    fix: permanent
      ? `Correct the cause, then accord retry --error ${type} --account ${account}.`
      : 'Accord repeats the calls by itself.',
    settleMinutes: permanent ? 1 : 15,
  };
}

function findDrift({ account, lastPass }: AccountFacts, { driftPercent }: IncidentRules): Incident[] {
  if (lastPass === null) return [];
  const { counts, remainingNow, endedAt } = lastPass;
  const { linked, remaining, remainingPercent: percent } = toDrift({ ...noCounts, ...counts }, remainingNow);
  if (percent <= driftPercent) return [];
  return [
    {
      ...{ type: 'drift.high', account, reason: null, severity: 'warning', records: remaining, since: endedAt },
      says: `${percent} % of the records at ${account} still differ after the last full pass: ${remaining} of ${linked}.`,
      fix: `Parked records are the usual cause: accord doctor, then accord retry --parked --account ${account}.`,
      // Repairs take a while.
      settleMinutes: 60,
    },
  ];
}

const toMinute = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
