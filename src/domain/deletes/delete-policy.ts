/**
 * The treatment of a person's record at one account, after another account has lost its record:
 * - `ignore`: nothing
 * - `archive`: it stays, put away by the means of its vendor
 * - `ask`: a person decides
 * - `delete`: it is deleted, too
 */
export const deletePolicies = ['ignore', 'archive', 'ask', 'delete'] as const;

export type DeletePolicy = (typeof deletePolicies)[number];

export interface DeleteRules {
  /** Where nothing else is said. */
  policy: DeletePolicy;
  /** By the account that lost its record. `to`: by the account whose record is concerned. */
  from: Readonly<Record<string, SourceRules | undefined>>;
  /** More deletions at one account within an hour are asked about, where the policy is `delete`. */
  maxPerHour: number;
}

interface SourceRules {
  policy?: DeletePolicy | undefined;
  to: Readonly<Record<string, DeletePolicy | undefined>>;
}

export const askAlways: DeleteRules = { policy: 'ask', from: {}, maxPerHour: 20 };

/** The policy for the record at `target` when the one at `source` was deleted. */
export function policyFor({ policy, from }: DeleteRules, source: string, target: string): DeletePolicy {
  return from[source]?.to[target] ?? from[source]?.policy ?? policy;
}
