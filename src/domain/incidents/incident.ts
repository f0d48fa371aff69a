/** Problems that somebody is told of while they last, and once when they are over. */
export const incidentTypes = ['sync.parked', 'provider.credentials_failed', 'provider.silent', 'drift.high'] as const;

export type IncidentType = (typeof incidentTypes)[number];

/** Holds no personal data: it is sent to operators and subscribers. */
export interface Incident {
  type: IncidentType;
  /** The account in accord.yaml. */
  account: string;
  /** Tells incidents of one type and account apart: the class of the error, or what is silent. Null where there is only one. */
  reason: string | null;
  severity: 'error' | 'warning';
  /** Records that are concerned; null where all are. */
  records: number | null;
  since: Date;
  /** The problem, in one sentence. */
  says: string;
  /** The remedy. */
  fix: string;
  /** How long it must last before somebody is told: much ends by itself, and what comes within this time is counted together. */
  settleMinutes: number;
}

/** The same as long as the same remedy ends it, for however many records. */
export function causeOf({ type, account, reason }: Pick<Incident, 'type' | 'account' | 'reason'>): string {
  return [type, account, ...(reason === null ? [] : [reason])].join('/');
}
