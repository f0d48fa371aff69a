import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { findAddressRefusal, parseCidr } from './addresses.ts';
import { type ResolveName, resolveName } from './resolve-name.ts';

export interface AddressGuardOptions {
  /** Private ranges that may be called, such as `10.1.0.0/16`. Metadata services never may. */
  allowPrivateCidrs?: readonly string[] | undefined;
  /** Default: yes. */
  requireHttps?: boolean | undefined;
  /** Default: 80, 443, and all from 1024. */
  ports?: readonly number[] | undefined;
  /** Default: ask the name servers, then the system. */
  resolve?: ResolveName | undefined;
}

/** Protects against server-side request forgery: the server can reach networks that the owners of endpoints cannot. */
export interface AddressGuard {
  readonly requireHttps: boolean;
  allowsPort(port: number): boolean;
  /** A few words on why this address may not be called; null when it may. */
  findRefusal(address: string): string | null;
  /**
   * The addresses to connect to. Throws an `AddressBlockedError` if any of them may not be called, because Node picks the one that a
   * connection uses; a `NameError` when there are none.
   */
  resolve(hostname: string): Promise<LookupAddress[]>;
}

/** Throws when a range is invalid. */
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

/** The host resolves to an address that may not be called. */
export class AddressBlockedError extends Error {
  /** undici decides by the code of an error whether to retry. */
  readonly code = 'ERR_ADDRESS_BLOCKED';
  constructor(hostname: string, address: string, refusal: string) {
    super(describeBlocked(hostname, address, refusal));
    this.name = 'AddressBlockedError';
  }
}

/** The host name could not be resolved. */
export class NameError extends Error {
  readonly code = 'ERR_NAME';
  constructor(hostname: string, cause: unknown) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'no address';
    super(`The name ${hostname} could not be resolved (${code}).`, { cause });
    this.name = 'NameError';
  }
}

/** The message for the owner of the endpoint. */
export function describeBlocked(hostname: string, address: string, refusal: string): string {
  const subject = hostname === address ? `The address ${address} is` : `${hostname} resolves to ${address}, which is`;
  return `${subject} in an address range blocked by this server's settings (${refusal}).`;
}

async function resolveWith(resolve: ResolveName, hostname: string): Promise<LookupAddress[]> {
  try {
    const found = await resolve(hostname);
    if (found.length === 0) throw new Error('no address');
    // A copy, so that the checked addresses cannot change before the connection.
    return found.map(({ address, family }) => ({ address, family }));
  } catch (error) {
    throw new NameError(hostname, error);
  }
}

function toAddress(literal: string): LookupAddress {
  return { address: literal, family: isIP(literal) };
}
