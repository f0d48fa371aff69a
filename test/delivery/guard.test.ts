import { afterEach, describe, expect, it } from '@jest/globals';
import { type AddressGuardOptions, createAddressGuard } from '#delivery/address-guard.ts';
import { checkHost } from '#delivery/check-url.ts';
import { createReceivers, send } from './receiver.ts';

const receivers = createReceivers();
afterEach(() => receivers.close());

/** Resolves names by these answers, in turn; the last one repeats. */
function resolverOf(...answers: string[][]) {
  const asked: string[] = [];
  const resolve = async (hostname: string) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(hostname);
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  return { resolve, asked };
}

function guardOf(options: AddressGuardOptions) {
  return createAddressGuard({ requireHttps: false, ...options });
}

const allowPrivateCidrs = ['127.0.0.0/8'];

describe('a literal address', () => {
  it.each([
    ...['127.0.0.1', '127.1', '2130706433', '0x7f.1', '0177.0.0.1', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]'],
    ...['localhost', '[::1]', '0.0.0.0', '[::]'],
  ])('such as %s is not connected to', async (host) => {
    const { port, received } = await receivers.serve();
    const outcome = await send({ url: `http://${host}:${port}/`, guard: guardOf({}) });
    expect(outcome).toMatchObject({ ok: false, status: null, errorClass: 'ssrf_blocked', permanent: true, remoteAddress: null });
    expect(outcome.error).toContain("blocked by this server's settings");
    expect(received).toEqual([]);
  });

  it('with a zone index is no valid URL', async () => {
    expect(await send({ url: 'http://[fe80::1%25lo]/', guard: guardOf({}) })).toMatchObject({ errorClass: 'invalid_url' });
  });

  it.each(['127.0.0.1', '2130706433', '[::ffff:127.0.0.1]'])(
    'such as %s is connected to when the operator allows it',
    async (host) => {
      const { port } = await receivers.serve();
      expect(await send({ url: `http://${host}:${port}/`, guard: guardOf({ allowPrivateCidrs }) })).toMatchObject({ ok: true });
    },
  );
});

describe('a name', () => {
  it.each([
    ['a private address', ['127.0.0.1']],
    ['a public and a private one', ['93.184.216.34', '127.0.0.1']],
    ['a private and a public one', ['127.0.0.1', '93.184.216.34']],
    ['a metadata service', ['169.254.169.254']],
    ['a mapped address', ['::ffff:127.0.0.1']],
  ])('that resolves to %s is not connected to', async (_, addresses) => {
    const receiver = await receivers.serve();
    const { resolve } = resolverOf(addresses);
    const outcome = await send({ url: `http://hooks.example:${receiver.port}/`, guard: guardOf({ resolve }) });
    expect(outcome).toMatchObject({ ok: false, errorClass: 'ssrf_blocked', permanent: true, remoteAddress: null });
    expect(outcome.error).toContain('hooks.example resolves to ');
    expect(receiver.connections).toBe(0);
  });

  it('that resolves elsewhere after its check is not connected to', async () => {
    const receiver = await receivers.serve();
    const { resolve } = resolverOf(['93.184.216.34'], ['127.0.0.1']);
    const guard = guardOf({ resolve });
    const url = `http://rebinding.example:${receiver.port}/`;
    expect(await checkHost(url, guard)).toBeNull();
    expect(await send({ url, guard })).toMatchObject({ errorClass: 'ssrf_blocked' });
    expect(receiver.connections).toBe(0);
  });

  it('is resolved once per connection, which goes to the checked address', async () => {
    const { port } = await receivers.serve();
    const { resolve, asked } = resolverOf(['127.0.0.1'], ['10.0.0.1']);
    const guard = guardOf({ resolve, allowPrivateCidrs });
    const url = `http://rebinding.example:${port}/`;
    for (let count = 0; count < 20; count += 1) {
      expect(await send({ url, guard })).toMatchObject({ ok: true, remoteAddress: '127.0.0.1' });
    }
    expect(asked).toEqual(['rebinding.example']);
  });

  it('is checked again for the next connection', async () => {
    const { port } = await receivers.serve((_, response) => void response.setHeader('Connection', 'close').end());
    const { resolve, asked } = resolverOf(['127.0.0.1'], ['10.0.0.1']);
    const guard = guardOf({ resolve, allowPrivateCidrs });
    const url = `http://rebinding.example:${port}/`;
    expect(await send({ url, guard })).toMatchObject({ ok: true, timings: { dnsMs: expect.any(Number) } });
    expect(await send({ url, guard })).toMatchObject({ ok: false, errorClass: 'ssrf_blocked', permanent: true });
    expect(asked).toHaveLength(2);
  });

  it('beyond ASCII is resolved in its ASCII form', async () => {
    const { port, received } = await receivers.serve();
    const { resolve, asked } = resolverOf(['127.0.0.1']);
    expect(await send({ url: `http://bücher.example:${port}/`, guard: guardOf({ resolve, allowPrivateCidrs }) })).toMatchObject({
      ok: true,
    });
    expect(asked).toEqual(['xn--bcher-kva.example']);
    expect(received[0]?.headers.host).toBe(`xn--bcher-kva.example:${port}`);
  });

  it.each([
    ['has no address', async () => []],
    ['is unknown', () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))],
  ])('that %s is retried', async (_, resolve) => {
    const outcome = await send({ url: 'http://nowhere.example/', guard: guardOf({ resolve }) });
    expect(outcome).toMatchObject({ ok: false, errorClass: 'dns_error', permanent: false });
    expect(outcome.error).toContain('The name nowhere.example could not be resolved');
  });

  it('of this machine is resolved by the real resolver', async () => {
    const { port } = await receivers.serve();
    const guard = guardOf({ allowPrivateCidrs: ['127.0.0.0/8', '::1/128'] });
    const outcome = await send({ url: `http://localhost:${port}/`, guard });
    expect(outcome).toMatchObject({ ok: true, remoteAddress: '127.0.0.1', timings: { dnsMs: expect.any(Number) } });
  });

  it('that does not exist is reported by the real resolver', async () => {
    const outcome = await send({ url: 'http://does-not-exist.invalid/', guard: guardOf({}) });
    expect(outcome).toMatchObject({ ok: false, errorClass: 'dns_error', permanent: false });
  });
});

describe('the peer of a connection', () => {
  it('is checked again before anything is sent', async () => {
    const { port, received } = await receivers.serve();
    // As if something between the check and the socket had changed the address.
    const guard = { ...guardOf({}), resolve: async () => [{ address: '127.0.0.1', family: 4 }] };
    const outcome = await send({ url: `http://hooks.example:${port}/`, guard });
    expect(outcome).toMatchObject({ ok: false, errorClass: 'ssrf_blocked', permanent: true, remoteAddress: '127.0.0.1' });
    expect(received).toEqual([]);
  });
});
