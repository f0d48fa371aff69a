import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { findAddressRefusal, parseCidr } from './addresses.ts';
import { type ResolveName, resolveName } from './resolve-name.ts';

export interface AddressGuardOptions {
  /** Ranges beyond the public Internet where subscribers may be, such as `10.1.0.0/16`. Metadata services never are. */
  allowPrivateCidrs?: readonly string[] | undefined;
  /** Default: yes. */
  requireHttps?: boolean | undefined;
  /** Default: 80, 443, and all from 1024. */
  ports?: readonly number[] | undefined;
  /** Default: the name servers, then the system. */
  resolve?: ResolveName | undefined;
}

/** Says where a webhook may be sent, and keeps it from everywhere else: the server stands in a network that its users do not. */
export interface AddressGuard {
  readonly requireHttps: boolean;
  allowsPort(port: number): boolean;
  /** A few words on why this address is not to be reached; null when it is. */
  findRefusal(address: string): string | null;
  /**
   * The addresses to connect to. Throws an `AddressBlockedError` if any of them is not to be reached, because which one a connection
   * takes is not ours to say; a `NameError` when there are none.
   */
  resolve(hostname: string): Promise<LookupAddress[]>;
}

/** Throws a sentence for a range that is none. */
export function createAddressGuard(options: AddressGuardOptions = {}): AddressGuard {
  const { requireHttps = true, ports, resolve = resolveName } = options;
  const allowed = (options.allowPrivateCidrs ?? []).map(parseCidr);
  const findRefusal = (address: string) => findAddressRefusal(address, allowed);
  return {
    requireHttps,
    allowsPort: (port) => (ports ? ports.includes(port) : port === 80 || port === 443 || port >= 1024),
    findRefusal,
    async resolve(hostname) {
      const addresses = isIP(hostname) ? [toAddress(hostname)] : await resolveWith(resolve, hostname);
      for (const { address } of addresses) {
        const refusal = findRefusal(address);
        if (refusal) throw new AddressBlockedError(hostname, address, refusal);
      }
      return addresses;
    },
  };
}

/** The host leads to where nothing may be sent. */
export class AddressBlockedError extends Error {
  /** undici tells errors apart by their code, and tries again after some of its own. */
  readonly code = 'ERR_ADDRESS_BLOCKED';
  constructor(hostname: string, address: string, refusal: string) {
    super(describeBlocked(hostname, address, refusal));
    this.name = 'AddressBlockedError';
  }
}

/** The host's name could not be turned into an address. */
export class NameError extends Error {
  readonly code = 'ERR_NAME';
  constructor(hostname: string, cause: unknown) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'no address';
    super(`The name ${hostname} could not be resolved (${code}).`, { cause });
    this.name = 'NameError';
  }
}

/** As people read it who wonder why their endpoint is refused. */
export function describeBlocked(hostname: string, address: string, refusal: string): string {
  const subject = hostname === address ? `The address ${address} is` : `${hostname} leads to ${address}, which is`;
  return `${subject} in an address range blocked by this server's settings (${refusal}).`;
}

async function resolveWith(resolve: ResolveName, hostname: string): Promise<LookupAddress[]> {
  try {
    const found = await resolve(hostname);
    if (found.length === 0) throw new Error('no address');
    // A copy: what is checked is what is connected to.
    return found.map(({ address, family }) => ({ address, family }));
  } catch (error) {
    throw new NameError(hostname, error);
  }
}

function toAddress(literal: string): LookupAddress {
  return { address: literal, family: isIP(literal) };
}
