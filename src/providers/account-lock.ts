import { UnavailableError } from './errors.ts';
import type { NamedCall, Vendor } from './http-call.ts';
import type { TokenKey } from './oauth.ts';

/** Takes the lock of an account, which one process holds at a time. Returns the function that releases it, or null when it took too long. */
export type LockAccount = (
  key: TokenKey,
  options: { maxWaitSeconds: number; maxHoldSeconds: number },
) => Promise<(() => Promise<void>) | null>;

export interface LockSettings {
  vendor: Vendor;
  key: TokenKey;
  lock: LockAccount;
  /** The timeout of one call. */
  timeoutSeconds: number;
}

/** As long as a process waits for its own turn. */
const maxWaitSeconds = 30;
/** Beyond the timeout of the call, so that the lock never ends before its call. */
const spareSeconds = 10;

/** Runs one call while no other process runs one of the same account. */
export async function withAccountLock<Result>(
  { vendor, key, lock, timeoutSeconds }: LockSettings,
  { operation }: NamedCall,
  work: () => Promise<Result>,
): Promise<Result> {
  const release = await lock(key, { maxWaitSeconds, maxHoldSeconds: Math.ceil(timeoutSeconds) + spareSeconds });
  if (release === null) {
    const message = `Other workers have written to this account of ${vendor.name} for ${maxWaitSeconds} s (${operation}).`;
    throw new UnavailableError({ provider: vendor.id, operation, message, retryAfterSeconds: 1 });
  }
  try {
    return await work();
  } finally {
    await release();
  }
}
