import { ProviderError } from '#providers/errors.ts';
import type { ProviderClient } from '#providers/provider.ts';

interface Log {
  warn(facts: object, message: string): void;
}

type Client = Pick<ProviderClient, 'findMissingFields'>;

/**
 * Logs each field that accord.yaml names and an account does not have, with the fields that exist: the vendor would drop its values.
 * An account that cannot be asked is logged, too. Never rejects: the worker goes on either way.
 */
export async function reportMissingFields(clients: ReadonlyMap<string, Client>, log: Log): Promise<void> {
  await Promise.all([...clients].map(([provider, client]) => report(provider, client, log)));
}

async function report(provider: string, client: Client, log: Log): Promise<void> {
  try {
    for (const { setting, field, existing } of (await client.findMissingFields?.({ priority: 5 })) ?? []) {
      log.warn({ provider, setting, field, existing }, 'A field that accord.yaml names does not exist in the account');
    }
  } catch (error) {
    const reason = error instanceof ProviderError ? { reason: error.message } : { err: error };
    log.warn({ provider, ...reason }, 'The fields that accord.yaml names could not be checked');
  }
}
