import type { ConnectedProvider } from '#activities/deps.ts';
import type { Config } from '#config.ts';
import { providerRules } from '#contacts/contact-deps.ts';
import { createAccountLock } from '#db/account-locks.ts';
import type { Database } from '#db/database.ts';
import { createTokenStore } from '#db/oauth-tokens.ts';
import { createSubmissionStore } from '#db/sync/form-submissions.ts';
import type { WorkerLeases } from '#db/worker-leases.ts';
import { listManaged } from '#domain/audience.ts';
import type { CallObserver } from '#providers/http-call.ts';
import { undividedShare, watchShare } from '#providers/rate-share.ts';
import { type CallReports, reportCalls } from './call-reports.ts';

interface ConnectionParts {
  leases?: Pick<WorkerLeases, 'shareOf'>;
  calls?: CallReports;
  observerOf?(account: string): CallObserver;
}

/**
 * Connects every account that has its settings and secrets in the configuration, by account id. Without `leases` this process uses the whole
 * rates. `calls` hears whether calls work, and `observerOf` makes what hears of each request.
 */
export function connectProviders(
  config: Pick<Config, 'providers' | 'accounts' | 'audiences' | 'encryptionKey'>,
  db: Database,
  { leases, calls, observerOf }: ConnectionParts = {},
): Map<string, ConnectedProvider> {
  const tokens = createTokenStore(db, config.encryptionKey);
  const submissions = createSubmissionStore(db);
  const lockAccount = createAccountLock(db);
  return new Map(
    config.providers.flatMap((provider) => {
      const settings = config.accounts[provider.id];
      if (!settings) return [];
      const { lists } = listManaged(provider.id, config.audiences);
      const { share, isFree } = watchShare(leases?.shareOf(provider.id) ?? undividedShare);
      const client = provider.connect({
        ...settings,
        tokens,
        submissions,
        lockAccount,
        lists,
        share,
        ...(observerOf && { observer: observerOf(provider.id) }),
      });
      const reported = calls ? reportCalls(client, calls(provider.id)) : client;
      return [[provider.id, { ...providerRules(provider, settings.account), client: reported, isFree }] as const];
    }),
  );
}
