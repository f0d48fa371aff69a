import { describe, expect, it } from '@jest/globals';
import {
  type AccountFacts,
  type FailingRecords,
  findIncidents,
  type IncidentRules,
  withoutConsequences,
} from '#domain/incidents/find-incidents.ts';
import { causeOf } from '#domain/incidents/incident.ts';

const now = new Date('2026-11-30T12:00:00Z');
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const rules: IncidentRules = { unreachableMinutes: 30, silentHours: 48, driftPercent: 2 };

const account = (facts: Partial<AccountFacts> = {}): AccountFacts => ({
  ...{ account: 'square', failure: null, grant: null, lastPoll: null, hasFallenSilent: false, lastPass: null },
  ...facts,
});
const failing = (facts: Partial<FailingRecords> = {}): FailingRecords => ({
  ...{ account: 'square', type: 'InvalidRequestError', records: 20, permanent: true, since: minutesAgo(3) },
  ...facts,
});
const find = (accounts: AccountFacts[], groups: FailingRecords[] = []) =>
  findIncidents({ accounts, failing: groups }, rules, now);
const error = (type: string, minutes: number) => ({ type, message: 'no answer within 30 s', since: minutesAgo(minutes) });
const drift = (percent: number) => ({
  counts: { linked: 1_200, found: 60, remaining: 60 },
  ...{ remainingNow: percent * 12, endedAt: minutesAgo(90) },
});

describe('an incident', () => {
  it.each<[string, AccountFacts, string[]]>([
    ['nothing', account(), []],
    ['refused credentials', account({ failure: error('AuthenticationError', 1) }), ['provider.credentials_failed/square']],
    ['a grant that was taken back', account({ grant: error('GrantRevoked', 1) }), ['provider.credentials_failed/square']],
    ['calls that fail for 29 minutes', account({ failure: error('UnavailableError', 29) }), []],
    ['calls that fail for longer', account({ failure: error('UnavailableError', 31) }), ['provider.silent/square/calls']],
    ['a poll of 29 minutes ago', account({ lastPoll: minutesAgo(29) }), []],
    ['an older poll', account({ lastPoll: minutesAgo(31) }), ['provider.silent/square/polls']],
    ['webhooks that ended', account({ hasFallenSilent: true }), ['provider.silent/square/webhooks']],
    ['2 % of drift', account({ lastPass: drift(2) }), []],
    ['4 % of drift', account({ lastPass: drift(4) }), ['drift.high/square']],
  ])('is found for %s', (_, facts, causes) => {
    expect(find([facts]).map(causeOf)).toEqual(causes);
  });

  it('is one for all records with one cause at one account', () => {
    const [one, other, ...rest] = find([], [failing(), failing({ account: 'square-west', records: 1 })]);
    expect([one, rest.length]).toMatchObject([
      {
        ...{ type: 'sync.parked', account: 'square', records: 20, severity: 'error' },
        says: '20 records are out of step at square (InvalidRequestError).',
        fix: 'Correct the cause, then accord retry --error InvalidRequestError --account square.',
      },
      0,
    ]);
    expect(other?.says).toBe('1 record is out of step at square-west (InvalidRequestError).');
  });

  it('says what to do', () => {
    const found = find([
      account({ failure: error('UnavailableError', 45), lastPoll: minutesAgo(45), hasFallenSilent: true, lastPass: drift(4) }),
    ]);
    expect(found.map(({ says }) => says)).toEqual([
      'square has not answered since 2026-11-30 11:15 UTC: no answer within 30 s',
      'square was last asked for changes at 2026-11-30 11:15 UTC.',
      'No webhook of square has arrived for 48 hours: changes are found by the nightly pass.',
      '4 % of the records at square still differ after the last full pass: 48 of 1200.',
    ]);
    expect(found.every(({ fix }) => /^[A-Z].*\.$/.test(fix))).toBe(true);
  });
});

describe('of several incidents', () => {
  const told = (accounts: AccountFacts[], groups: FailingRecords[]) => withoutConsequences(find(accounts, groups)).map(causeOf);

  it('those that refused credentials explain are left out, at the same account only', () => {
    const refused = account({ failure: error('AuthenticationError', 45), lastPoll: minutesAgo(45), hasFallenSilent: true });
    const groups = [
      failing({ type: 'AuthenticationError' }),
      failing(),
      failing({ account: 'square-west', type: 'AuthenticationError' }),
    ];
    expect(told([refused], groups)).toEqual([
      'provider.credentials_failed/square',
      'sync.parked/square/InvalidRequestError',
      'sync.parked/square-west/AuthenticationError',
    ]);
  });

  it('those that a vendor explains which does not answer are left out', () => {
    const away = account({ failure: error('UnavailableError', 45), lastPoll: minutesAgo(45) });
    expect(told([away], [failing({ type: 'UnavailableError', permanent: false })])).toEqual(['provider.silent/square/calls']);
  });
});
