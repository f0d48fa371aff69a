import type { LookupAddress } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';

/** All addresses of a name. Throws the errors of `node:dns`. */
export type ResolveName = (hostname: string) => Promise<LookupAddress[]>;

/**
 * Asks the name servers first, and the system (hosts file, search domains) for names that they do not know. The system's resolver uses one
 * of a few threads, so that a few name servers that never respond would block all other names.
 */
export function createResolveName({ servers }: { servers?: readonly string[] } = {}): ResolveName {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  if (servers) resolver.setServers(servers);
  return async (hostname) => {
    const answers = await Promise.allSettled([
      resolver.resolve4(hostname).then((found) => found.map((address) => ({ address, family: 4 }))),
      resolver.resolve6(hostname).then((found) => found.map((address) => ({ address, family: 6 }))),
    ]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length > 0) return addresses;
    const timeout = answers.find((answer) => answer.status === 'rejected' && answer.reason.code === 'ETIMEOUT');
    if (timeout?.status === 'rejected') throw timeout.reason;
    return lookup(hostname, { all: true });
  };
}

/** Uses the name servers of this machine. */
export const resolveName = createResolveName();
