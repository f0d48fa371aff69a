import { saveFailing, saveWorking } from '#db/connections/connections.ts';
import type { Database } from '#db/database.ts';
import { AuthenticationError, type ProviderError, UnavailableError } from '#providers/errors.ts';
import type { ProviderClient } from '#providers/provider.ts';

/** Hears of one account whether its calls work. */
export interface CallReport {
  failed(error: ProviderError): void;
  worked(): void;
}

export type CallReports = (account: string) => CallReport;

interface Log {
  warn(facts: object, message: string): void;
}

/** How long a failure stays: reads may work while each write is refused. */
const stayMs = 10_000;

/**
 * Stores since when the calls of an account fail, and why. Writes only when that changes; without the database, nothing is lost but that.
 * `onWorked` hears of each call that succeeds.
 */
export function createCallReports(
  db: Database,
  log: Log,
  now: () => number = Date.now,
  onWorked: (account: string) => void = () => {},
): CallReports {
  return (account) => {
    let state: { error: string | null; since: number } | null = null;
    const save = (saving: Promise<void>) =>
      void saving.catch((err) => log.warn({ err, account }, 'cannot store whether calls work'));
    return {
      failed({ name, message }) {
        if (state?.error === name) return;
        state = { error: name, since: now() };
        save(saveFailing(db, account, { type: name, message, at: new Date(now()).toISOString() }));
      },
      worked() {
        onWorked(account);
        if (state !== null && (state.error === null || now() - state.since < stayMs)) return;
        state = { error: null, since: now() };
        save(saveWorking(db, account));
      },
    };
  };
}

/** The client, whose calls are reported. Only errors that concern the whole account count as failures. */
export function reportCalls(client: ProviderClient, report: CallReport): ProviderClient {
  return new Proxy(client, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function') return member;
      return async (...input: unknown[]) => {
        try {
          const result: unknown = await member.apply(target, input);
          report.worked();
          return result;
        } catch (error) {
          if (error instanceof AuthenticationError || error instanceof UnavailableError) report.failed(error);
          throw error;
        }
      };
    },
  });
}
