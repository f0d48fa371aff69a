import { describe, expect, it } from '@jest/globals';
import { findAddressRefusal, parseCidr } from '#delivery/addresses.ts';

const everything = ['0.0.0.0/0', '::/0'].map(parseCidr);

/** First and last of each range, and neighbours that are public. */
const refused: [kind: string, ...addresses: string[]][] = [
  ['unspecified', '0.0.0.0', '0.1.2.3', '0.255.255.255', '::'],
  ['private', '10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255'],
  ['loopback', '127.0.0.1', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1'],
  ['carrier grade nat', '100.64.0.0', '100.127.255.255'],
  ['reserved', '192.0.0.0', '192.0.0.170', '192.0.2.1', '192.88.99.1', '198.18.0.1', '198.19.255.255', '198.51.100.1'],
  ['reserved', '203.0.113.255', '240.0.0.1', '254.255.255.255', '2001:db8::1', '3fff::1', '2001:1ff::1'],
  ['broadcast', '255.255.255.255'],
  ['multicast', '224.0.0.1', '239.255.255.255', 'ff02::1', 'ff00::', 'ffff::'],
  ['as112', '192.31.196.1', '192.175.48.1'],
  ['amt', '192.52.193.1', '2001:3::1'],
  ['link local', 'fe80::1', 'febf::1'],
  ['unique local', 'fc00::1', 'fdff:ffff::1'],
  ['deprecated site local', 'fec0::1', 'feff::1'],
  ['discard', '100::1'],
  ['benchmarking', '2001:2::1'],
  ['as112v6', '2001:4:112::1', '2620:4f:8000::1'],
  ['deprecated orchid', '2001:10::1'],
  ['orchid2', '2001:20::1', '2001:2f::1'],
  ['segment routing', '5f00::1'],
  ['unassigned', '4000::1', '1::1', '100:0:0:1::1', 'fe00::1'],
  // IPv6 forms of IPv4 addresses.
  ['loopback', '::ffff:127.0.0.1', '::ffff:7f00:1', '0000:0000:0000:0000:0000:ffff:7f00:0001'],
  ['private', '::ffff:10.0.0.1', '::ffff:192.168.1.1'],
  ['NAT64', '64:ff9b::808:808', '64:ff9b::7f00:1'],
  ['local NAT64', '64:ff9b:1::1', '64:ff9b:1:ffff::808:808'],
  ['6to4', '2002:808:808::1', '2002:7f00:1::1'],
  ['Teredo', '2001::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  ['IPv4-compatible', '::7f00:1', '::127.0.0.1', '::8.8.8.8', '::2'],
  ['IPv4-translated', '::ffff:0:7f00:1', '::ffff:0:808:808'],
  // Metadata services and their aliases.
  ['cloud metadata', '169.254.169.254', '169.254.170.2', '169.254.170.23', '169.254.0.0', '169.254.255.255'],
  ['cloud metadata', '168.63.129.16', '100.100.100.200', '192.0.0.192', 'fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254'],
  ['cloud metadata', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '::ffff:168.63.129.16'],
  ['NAT64', '64:ff9b::a9fe:a9fe', '64:ff9b::a83f:8110'],
  ['6to4', '2002:a9fe:a9fe::1'],
  ['IPv4-compatible', '::a9fe:a9fe', '::169.254.169.254'],
  // No literal addresses.
  ['not an address beyond this machine', '', 'localhost', '127.1', '2130706433', '0x7f.1', '0177.0.0.1', '1.2.3'],
  ['not an address beyond this machine', 'fe80::1%eth0', '2606:4700::1111%eth0', '[::1]', '8.8.8.8:80', '8.8.8.8 '],
];

const accepted = [
  ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.1'],
  ...['169.253.255.255', '169.255.0.0', '168.63.129.15', '168.63.129.17', '172.15.255.255', '172.32.0.0', '191.255.255.255'],
  ...['192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0', '223.255.255.255', '::ffff:8.8.8.8'],
  ...['2606:4700:4700::1111', '2001:4860:4860::8888', '2001:200::1', '2003::1', '3ffe::1'],
];

function each(rows: typeof refused): [address: string, kind: string][] {
  return rows.flatMap(([kind, ...addresses]) => addresses.map((address): [string, string] => [address, kind]));
}

describe('an address', () => {
  it.each(each(refused))('%j is refused: %s', (address, kind) => {
    expect(findAddressRefusal(address, [])).toBe(kind);
  });

  it.each(accepted)('%s is public', (address) => {
    expect(findAddressRefusal(address, [])).toBeNull();
  });
});

describe('a range that the operator allows', () => {
  it.each([
    ['10.1.0.0/16', '10.1.255.255', '10.2.0.0'],
    ['127.0.0.0/8', '::ffff:127.0.0.1', '::1'],
    ['::1/128', '::1', '127.0.0.1'],
    ['fd12::/16', 'fd12::5', 'fd13::5'],
    ['192.168.7.7/32', '192.168.7.7', '192.168.7.8'],
    ['100.64.0.0/10', '100.64.0.1', '10.0.0.1'],
  ])('%s allows %s, but not %s', (range, inside, outside) => {
    const allowed = [parseCidr(range)];
    expect(findAddressRefusal(inside, allowed)).toBeNull();
    expect(findAddressRefusal(outside, allowed)).not.toBeNull();
  });

  it.each(
    each(refused).filter(([, kind]) => ['cloud metadata', '6to4', 'Teredo', 'IPv4-compatible', 'IPv4-translated'].includes(kind)),
  )('is never %s (%s)', (address, kind) => {
    expect(findAddressRefusal(address, everything)).toBe(kind);
  });

  it('can be NAT64, for addresses that are allowed themselves', () => {
    const allowed = [parseCidr('64:ff9b::/96')];
    expect(findAddressRefusal('64:ff9b::808:808', allowed)).toBeNull();
    expect(findAddressRefusal('64:ff9b::7f00:1', allowed)).toBe('loopback');
    expect(findAddressRefusal('64:ff9b::a9fe:a9fe', everything)).toBe('cloud metadata');
  });

  it.each(['10.0.0.0', '10.0.0.0/33', 'internal', '::/129', ''])('cannot be %j', (text) => {
    expect(() => parseCidr(text)).toThrow('is not a range of addresses such as 10.1.0.0/16.');
  });
});
