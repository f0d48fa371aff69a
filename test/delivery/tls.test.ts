import { createServer, type Server, type ServerOptions } from 'node:https';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createAddressGuard } from '#delivery/address-guard.ts';
import { type Certificate, createAuthority } from './certificates.ts';
import { createReceivers, send } from './receiver.ts';

const receivers = createReceivers();
const trusted = tls.getCACertificates('default');
let authority: Awaited<ReturnType<typeof createAuthority>>;

beforeAll(async () => {
  authority = await createAuthority();
  tls.setDefaultCACertificates([...trusted, authority.certificate]);
});

afterEach(() => receivers.close());

afterAll(async () => {
  tls.setDefaultCACertificates(trusted);
  await authority.close();
});

async function serve(certificate: Certificate, options: ServerOptions = {}) {
  let requests = 0;
  const server: Server = createServer({ ...certificate, ...options }, (_, response) => {
    requests += 1;
    response.end();
  });
  server.on('tlsClientError', () => {});
  const port = await receivers.listen(server);
  return { port, requests: () => requests };
}

/** A new guard per test, because connections cache TLS sessions. */
function post(url: string) {
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
  return send({ url, guard: createAddressGuard({ allowPrivateCidrs: ['127.0.0.0/8'], resolve }) });
}

describe('a subscriber behind TLS', () => {
  it.each(['hooks.example', '127.0.0.1'])('is called when its certificate is for %s', async (host) => {
    const { port } = await serve(await authority.issue('DNS:hooks.example,IP:127.0.0.1'));
    const outcome = await post(`https://${host}:${port}/`);
    expect(outcome).toMatchObject({ ok: true, remoteAddress: '127.0.0.1', timings: { tlsMs: expect.any(Number) } });
  });

  it.each([
    ['for another name', 'other.example', () => authority.issue('DNS:hooks.example'), 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['for no address', '127.0.0.1', () => authority.issue('DNS:hooks.example'), 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['of its own making', 'hooks.example', () => authority.issueSelfSigned('DNS:hooks.example'), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ])('is not trusted with a certificate %s', async (_, host, issue, code) => {
    const { port, requests } = await serve(await issue());
    const outcome = await post(`https://${host}:${port}/`);
    expect(outcome).toMatchObject({ ok: false, status: null, errorClass: 'tls_error', permanent: false });
    expect(outcome.error).toBe(`The TLS certificate or protocol of the server is not acceptable (${code}).`);
    expect(requests()).toBe(0);
  });

  it('is not called over TLS 1.1', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const { port, requests } = await serve(await authority.issue('DNS:hooks.example'), old);
    expect(await post(`https://hooks.example:${port}/`)).toMatchObject({ ok: false, errorClass: 'tls_error' });
    expect(requests()).toBe(0);
  });

  it('is called over TLS 1.2', async () => {
    const { port } = await serve(await authority.issue('DNS:hooks.example'), { maxVersion: 'TLSv1.2' });
    expect(await post(`https://hooks.example:${port}/`)).toMatchObject({ ok: true });
  });

  it('is reported when it does not speak TLS', async () => {
    const { port } = await receivers.serve();
    const outcome = await post(`https://hooks.example:${port}/`);
    expect(outcome).toMatchObject({ ok: false, status: null });
    expect(['tls_error', 'connection_reset']).toContain(outcome.errorClass);
  });

  it('is not called without TLS', async () => {
    expect(await post('http://hooks.example/')).toMatchObject({ ok: false, errorClass: 'invalid_url', permanent: true });
  });
});
