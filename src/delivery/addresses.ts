import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Cidr = [Address, number];

/**
 * Why a subscriber must not be reached at this address; null when it may be. Only addresses of the public Internet pass, and what the
 * operator allows beyond. An IPv4 address inside of an IPv6 one is judged as what it leads to.
 */
export function findAddressRefusal(text: string, allowed: readonly Cidr[]): string | null {
  // A zone names an interface of this machine.
  if (!isIP(text) || text.includes('%')) return 'not an address that leads beyond this machine';
  const address = ipaddr.process(withoutDots(text));
  if (isInAny(address, metadata)) return 'cloud metadata';
  const detour = findDetour(address);
  if (detour) return detour;
  if (!isPublic(address) && !isInAny(address, allowed)) return nameRange(address);
  // NAT64 gets this far where the operator allows it, as a network without IPv4 of its own must.
  return isIn(address, nat64) ? findAddressRefusal(readLastFourBytes(address), allowed) : null;
}

/** Throws a sentence for what is no range. */
export function parseCidr(text: string): Cidr {
  if (!ipaddr.isValidCIDR(text)) throw new Error(`${JSON.stringify(text)} is not a range of addresses such as 10.1.0.0/16.`);
  return ipaddr.parseCIDR(text);
}

/**
 * Where clouds hand out credentials; nobody can allow these. AWS, Google Cloud, Azure, Oracle, DigitalOcean and OpenStack use link-local
 * addresses (169.254.169.254; for containers at AWS 169.254.170.2 and .23). The others are documented by Azure (168.63.129.16), Alibaba
 * Cloud (100.100.100.200), Oracle (192.0.0.192), AWS (fd00:ec2::254, fd00:ec2::23) and Google Cloud (fd20:ce::254).
 */
const metadata = [
  ...['169.254.0.0/16', '168.63.129.16/32', '100.100.100.200/32', '192.0.0.192/32'],
  ...['fd00:ec2::/32', 'fd20:ce::254/128'],
].map(parseCidr);

/**
 * IPv6 addresses that lead to an IPv4 one by a way of their own. They are out of use, or do not tell where they lead, so that nobody can
 * allow these either. RFC 4291 2.5.5.1, RFC 6145, RFC 8215, RFC 3056, RFC 4380.
 */
const detours = [
  { name: 'IPv4-compatible', range: parseCidr('::/96') },
  { name: 'IPv4-translated', range: parseCidr('::ffff:0:0:0/96') },
  { name: 'local NAT64', range: parseCidr('64:ff9b:1::/48') },
  { name: '6to4', range: parseCidr('2002::/16') },
  { name: 'Teredo', range: parseCidr('2001::/32') },
];

/** RFC 6052. */
const nat64 = parseCidr('64:ff9b::/96');
/** All that IANA has given out for use between networks; ipaddr.js takes what is not given out for public. */
const global = parseCidr('2000::/3');

/** `::8.8.8.8` → `::808:808`. ipaddr.js would read it as `::ffff:8.8.8.8`, which is another address. */
function withoutDots(text: string): string {
  return isIP(text) === 6 && text.includes('.') ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text;
}

function findDetour(address: Address): string | null {
  // :: and ::1 lie in ::/96 and have a meaning of their own.
  if (['unspecified', 'loopback'].includes(address.range())) return null;
  return detours.find(({ range }) => isIn(address, range))?.name ?? null;
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
