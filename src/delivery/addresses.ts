import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Cidr = [Address, number];

/**
 * Why this address may not be called; null when it may. Only public addresses and the operator's `allowed` ranges pass. An IPv4 address
 * inside an IPv6 one is judged as the IPv4 address.
 */
export function findAddressRefusal(text: string, allowed: readonly Cidr[]): string | null {
  // A zone index names an interface of this machine.
  if (!isIP(text) || text.includes('%')) return 'not an address beyond this machine';
  const address = ipaddr.process(withoutDots(text));
  if (isInAny(address, metadata)) return 'cloud metadata';
  const transition = findTransition(address);
  if (transition) return transition;
  if (!isPublic(address) && !isInAny(address, allowed)) return nameRange(address);
  // NAT64 passes only where the operator allows it, for networks without IPv4.
  return isIn(address, nat64) ? findAddressRefusal(readLastFourBytes(address), allowed) : null;
}

/** Throws when the range is invalid. */
export function parseCidr(text: string): Cidr {
  if (!ipaddr.isValidCIDR(text)) throw new Error(`${JSON.stringify(text)} is not a range of addresses such as 10.1.0.0/16.`);
  return ipaddr.parseCIDR(text);
}

/**
 * Cloud metadata services hand out credentials, so that no operator can allow these. AWS, Google Cloud, Azure, Oracle, DigitalOcean and OpenStack use link-local
 * addresses (169.254.169.254; for containers at AWS 169.254.170.2 and .23). The others are documented by Azure (168.63.129.16), Alibaba
 * Cloud (100.100.100.200), Oracle (192.0.0.192), AWS (fd00:ec2::254, fd00:ec2::23) and Google Cloud (fd20:ce::254).
 */
const metadata = [
  ...['169.254.0.0/16', '168.63.129.16/32', '100.100.100.200/32', '192.0.0.192/32'],
  ...['fd00:ec2::/32', 'fd20:ce::254/128'],
].map(parseCidr);

/**
 * Transition mechanisms from IPv6 to IPv4. They are obsolete, or hide the IPv4 address, so that no operator can allow these either.
 * RFC 4291 2.5.5.1, RFC 6145, RFC 8215, RFC 3056, RFC 4380.
 */
const transitions = [
  { name: 'IPv4-compatible', range: parseCidr('::/96') },
  { name: 'IPv4-translated', range: parseCidr('::ffff:0:0:0/96') },
  { name: 'local NAT64', range: parseCidr('64:ff9b:1::/48') },
  { name: '6to4', range: parseCidr('2002::/16') },
  { name: 'Teredo', range: parseCidr('2001::/32') },
];

/** RFC 6052. */
const nat64 = parseCidr('64:ff9b::/96');
/** All that IANA has allocated as global unicast. ipaddr.js takes unallocated addresses for public. */
const global = parseCidr('2000::/3');

/** `::8.8.8.8` → `::808:808`. ipaddr.js would read it as `::ffff:8.8.8.8`, which is another address. */
function withoutDots(text: string): string {
  return isIP(text) === 6 && text.includes('.') ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text;
}

function findTransition(address: Address): string | null {
  // :: and ::1 lie in ::/96, but are no IPv4-compatible addresses.
  if (['unspecified', 'loopback'].includes(address.range())) return null;
  return transitions.find(({ range }) => isIn(address, range))?.name ?? null;
}

function isPublic(address: Address): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || isIn(address, global));
}

function isInAny(address: Address, ranges: readonly Cidr[]): boolean {
  return ranges.some((range) => isIn(address, range));
}

function isIn(address: Address, range: Cidr): boolean {
  return address.kind() === range[0].kind() && address.match(range);
}

function readLastFourBytes(address: Address): string {
  return address.toByteArray().slice(-4).join('.');
}

/** `carrierGradeNat` → `carrier grade nat`. */
function nameRange(address: Address): string {
  const range = address.range();
  const names: Record<string, string> = { unicast: 'unassigned', rfc6052: 'NAT64' };
  return names[range] ?? range.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
