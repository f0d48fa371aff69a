import { describe, expect, it } from '@jest/globals';
import { createAddressGuard } from '#delivery/address-guard.ts';
import { checkHost, checkUrl } from '#delivery/check-url.ts';

const guard = createAddressGuard();
const ofLength = (length: number) => 'https://hooks.example.com/'.padEnd(length, 'x');

describe("a subscriber's URL", () => {
  it.each([
    'https://hooks.example.com/lead?tenant=1',
    'https://hooks.example.com:443/',
    'https://hooks.example.com:8443/',
    'https://bücher.example/haken',
    'https://8.8.8.8/',
    'https://[2606:4700:4700::1111]/',
    'https://localhost.example.com/',
    ofLength(2000),
    ofLength(2048),
  ])('%.60s can be registered', (url) => {
    expect(checkUrl(url, guard)).toBeNull();
  });

  it.each([
    // Forms of addresses
    ['https://127.0.0.1/', 'loopback'],
    ['https://127.1/', 'loopback'],
    ['https://127.0.0.1./', 'loopback'],
    ['https://2130706433/', 'loopback'],
    ['https://0x7f.1/', 'loopback'],
    ['https://0x7f000001/', 'loopback'],
    ['https://0177.0.0.1/', 'loopback'],
    ['https://017700000001/', 'loopback'],
    ['https://１２７.０.０.１/', 'loopback'],
    ['https://127。0。0。1/', 'loopback'],
    ['https://%31%32%37.0.0.1/', 'loopback'],
    ['https://[::1]/', 'loopback'],
    ['https://[::1]:9876/', 'loopback'],
    ['https://@[::1]/', 'loopback'],
    ['https://[0000:0000:0000:0000:0000:ffff:7f00:0001]/', 'loopback'],
    ['https://[::ffff:127.0.0.1]/', 'loopback'],
    ['https://[::127.0.0.1]/', 'IPv4-compatible'],
    ['https://[64:ff9b::a9fe:a9fe]/', 'NAT64'],
    ['https://[2002:a9fe:a9fe::1]/', '6to4'],
    ['https://10.0.0.1/', 'private'],
    ['https://169.254.169.254/latest/meta-data/', 'cloud metadata'],
    ['https://168.63.129.16/', 'cloud metadata'],
    ['https://[fd00:ec2::254]/', 'cloud metadata'],
    // Names of this machine
    ['https://localhost/', 'loopback'],
    ['https://LOCALHOST./', 'loopback'],
    ['https://api.localhost/', 'loopback'],
    // Invalid URLs
    ['https://[127.0.0.1]/', 'not a URL'],
    ['https://[::1%lo]/', 'not a URL'],
    ['https://[::1%25lo]/', 'not a URL'],
    ['https://[fe80::1%25eth0]/', 'not a URL'],
    ['https://::1/', 'not a URL'],
    ['https://256.1.1.1/', 'not a URL'],
    ['https://', 'not a URL'],
    ['hooks.example.com/lead', 'not a URL'],
    ['', 'not a URL'],
    // Forbidden parts
    ['https://user:password@hooks.example.com/', 'must not contain a user name or password'],
    ['https://user@hooks.example.com/', 'must not contain a user name or password'],
    ['https://1:2@[::1]/', 'must not contain a user name or password'],
    ['https://hooks.example.com/#part', 'must not contain a fragment'],
    ['https://hooks.example.com/#', 'must not contain a fragment'],
    ['https://hooks.example.com/a b', 'must not contain spaces'],
    ['https://hooks.example.com/\r\nX-Injected: 1', 'must not contain spaces, newlines'],
    ['https://hooks.exa\tmple.com/', 'must not contain spaces, newlines'],
    ['https://hooks.example.com/\0', 'control characters'],
    [' https://hooks.example.com/', 'must not contain spaces'],
    // Schemes and ports
    ['http://hooks.example.com/', 'must begin with https://'],
    ['ftp://hooks.example.com/', 'must begin with https://'],
    ['https:hooks.example.com/', 'must begin with https://'],
    ['https:\\\\hooks.example.com/', 'must begin with https://'],
    ['file:///etc/passwd', 'must begin with https://'],
    ['javascript:alert(1)', 'must begin with https://'],
    ['https://hooks.example.com:22/', 'Port 22 is blocked'],
    ['https://hooks.example.com:1023/', 'Port 1023 is blocked'],
    [ofLength(2049), 'has 2049 characters; the maximum is 2048'],
  ])('%.60j is refused: %s', (url, because) => {
    expect(checkUrl(url, guard)).toContain(because);
  });

  it('can begin with http:// and have an address that the operator allows', () => {
    const sandbox = createAddressGuard({ requireHttps: false, allowPrivateCidrs: ['127.0.0.0/8'] });
    for (const url of ['http://127.0.0.1:8080/', 'http://localhost/', 'http://2130706433/'])
      expect(checkUrl(url, sandbox)).toBeNull();
    expect(checkUrl('http://[::1]/', sandbox)).toContain('loopback');
    expect(checkUrl('http://169.254.169.254/', sandbox)).toContain('cloud metadata');
  });

  it('must have a port that the operator allows', () => {
    const strict = createAddressGuard({ ports: [443, 25] });
    expect(checkUrl('https://hooks.example.com:25/', strict)).toBeNull();
    expect(checkUrl('https://hooks.example.com:8443/', strict)).toBe("Port 8443 is blocked by this server's settings.");
  });
});

describe('the host of a URL', () => {
  const check = (addresses: string[]) => {
    const resolve = async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    return checkHost('https://hooks.example.com/', createAddressGuard({ resolve }));
  };

  it('can resolve to public addresses', async () => {
    expect(await check(['93.184.216.34', '2606:4700::1111'])).toBeNull();
  });

  it.each([
    [['10.1.2.3'], '10.1.2.3'],
    [['93.184.216.34', '10.1.2.3'], '10.1.2.3'],
    [['2606:4700::1111', '::ffff:169.254.169.254'], '::ffff:169.254.169.254'],
  ])('must not resolve to %j', async (addresses, culprit) => {
    expect(await check(addresses)).toContain(`hooks.example.com resolves to ${culprit}, which is in an address range blocked`);
  });

  it('need not resolve yet', async () => {
    expect(await check([])).toBeNull();
  });
});
