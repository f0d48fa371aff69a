import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as errors from '#providers/errors.ts';
import { createMemoryStore } from '#test/providers/token-store.ts';
import { granted, grantedToken, refusalOf, startBench } from './setup.ts';

let bench: Awaited<ReturnType<typeof startBench>>;
let name: string;
beforeAll(async () => {
  bench = await startBench();
});
beforeEach(async () => {
  await bench.sandbox.reset();
  [name] = (await bench.people({ names: [{ givenName: 'Ada' }] })) as [string];
});
afterAll(() => bench.close());

const secrets = { GOOGLE_REFRESH_TOKEN: grantedToken };
const read = `GET /v1/`;

describe('the refresh token of Google', () => {
  it('is exchanged once for concurrent callers, and the access token is stored and reused', async () => {
    const tokens = createMemoryStore();
    const client = bench.connect({ secrets, tokens });
    const requests = await bench.requestsOf(async () => {
      await Promise.all([client.read(name), client.read(name)]);
      await bench.connect({ secrets, tokens }).read(name);
    });
    expect(requests).toEqual(['POST /token', read + name, read + name, read + name]);
    expect(tokens.stored).toMatchObject({ refreshToken: grantedToken });
  });

  it('is exchanged once when an access token is refused before it expires', async () => {
    const tokens = createMemoryStore(granted({ accessToken: 'revoked' }));
    const requests = await bench.requestsOf(() => bench.connect({ secrets, tokens }).read(name));
    expect(requests).toEqual([read + name, 'POST /token', read + name]);
    await bench.sandbox.addFault({ path: '/v1/**', status: 401, body: { error: { code: 401, status: 'UNAUTHENTICATED' } } });
    const refused = bench.connect({ secrets, tokens }).read(name);
    await expect(refused).rejects.toBeInstanceOf(errors.AuthenticationError);
  });

  it('is exchanged before the access token expires', async () => {
    const expiresAt = new Date(Date.now() + 10_000).toISOString();
    const tokens = createMemoryStore(granted({ expiresAt }));
    expect(await bench.requestsOf(() => bench.connect({ secrets, tokens }).read(name))).toEqual(['POST /token', read + name]);
  });

  it('falls back to the environment when the stored one is revoked', async () => {
    const tokens = createMemoryStore({ accessToken: 'old', refreshToken: '1//dead', expiresAt: '2020-01-01T00:00:00Z' });
    await bench.connect({ secrets, tokens }).read(name);
    expect(tokens.stored).toMatchObject({ refreshToken: grantedToken });
  });

  it('causes an AuthenticationError when revoked', async () => {
    await bench.sandbox.patchSettings({ revokedRefreshTokens: [grantedToken] });
    const tokens = createMemoryStore();
    const error = await refusalOf(bench.connect({ secrets, tokens }).read(name));
    expect(error).toBeInstanceOf(errors.AuthenticationError);
    expect(error).toMatchObject({ message: expect.stringContaining('set GOOGLE_REFRESH_TOKEN to the new token') });
    expect(tokens.stored).toBeNull();
  });

  it('causes an AuthenticationError with a wrong client', async () => {
    const strange = { ...secrets, GOOGLE_CLIENT_SECRET: 'another' };
    const error = await refusalOf(bench.connect({ secrets: strange, tokens: createMemoryStore() }).read(name));
    expect(error).toBeInstanceOf(errors.AuthenticationError);
    expect(error).toMatchObject({ message: expect.stringContaining('are GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET right?') });
  });

  it.each([500, 503])('causes an UnavailableError when the token endpoint answers %d', async (status) => {
    await bench.sandbox.addFault({ path: '/token', status, body: 'Sorry' });
    const reading = bench.connect({ secrets, tokens: createMemoryStore() }).read(name);
    await expect(reading).rejects.toBeInstanceOf(errors.UnavailableError);
  });
});
