/** The parts of an account's id: `gohighlevel` is the vendor's first account, `gohighlevel-west` a further one. */
export interface AccountIdParts {
  /** The vendor's id. */
  vendor: string;
  /** Null for the first account. */
  suffix: string | null;
}

const form = /^([a-z\d]+)(?:-([a-z\d]+(?:-[a-z\d]+)*))?$/;

/** The longest id: it is part of task queues, workflow ids and metrics. */
export const maxAccountIdLength = 60;

/** The parts of an account's id; null for a text that cannot be one. */
export function parseAccountId(id: string): AccountIdParts | null {
  const [, vendor, suffix = null] = id.length <= maxAccountIdLength ? (form.exec(id) ?? []) : [];
  return vendor === undefined ? null : { vendor, suffix };
}

/** The suffix of an account's environment variables: nothing for a vendor's first account, `__WEST` for `gohighlevel-west`. */
export function variableSuffix(id: string): string {
  const suffix = parseAccountId(id)?.suffix ?? null;
  return suffix === null ? '' : `__${suffix.toUpperCase().replaceAll('-', '_')}`;
}
