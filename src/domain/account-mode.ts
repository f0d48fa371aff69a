/**
 * How far Accord may write to an account. `observe`: reads and plans, writes nothing. `canary`: writes the contacts of the canary only.
 * `live`: writes every contact. `paused`: as `observe`, after it was live.
 */
export const accountModes = ['observe', 'canary', 'live', 'paused'] as const;

export type AccountMode = (typeof accountModes)[number];
