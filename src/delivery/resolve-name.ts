import type { LookupAddress } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';

/** All addresses of a name. Throws what `node:dns` throws. */
export type ResolveName = (hostname: string) => Promise<LookupAddress[]>;

/**
 * Asks the name servers first, and the system (hosts file, search domains) about what they do not know: the system's way takes one of
 * a handful of threads, and a few subscribers whose name servers are silent would hold up the names of all others.
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
    const silence = answers.find((answer) => answer.status === 'rejected' && answer.reason.code === 'ETIMEOUT');
    if (silence?.status === 'rejected') throw silence.reason;
    return lookup(hostname, { all: true });
  };
}

/** With the name servers of this machine. */
export const resolveName = createResolveName();
