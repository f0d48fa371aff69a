import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { call } from './http.ts';
import { startNoteSandbox } from './note-vendor.ts';

let sandbox: Awaited<ReturnType<typeof startNoteSandbox>>;
const control = (method: string, path: string, body?: unknown) => call(method, `${sandbox.controlUrl}${path}`, body);
const put = (id: string, text: string) => call('PUT', `${sandbox.url}/notes/${id}`, text);
const read = (id: string) => call('GET', `${sandbox.url}/notes/${id}`);

beforeAll(async () => {
  sandbox = await startNoteSandbox();
});
beforeEach(() => control('POST', '/reset'));
afterAll(() => sandbox.close());

describe('faults of a sandbox', () => {
  it('answers with the given status, headers and body, the given number of times, without handling the request', async () => {
    const fault = { method: 'put', path: '/notes/*', status: 429, headers: { 'retry-after': '7' }, body: { oh: 'no' }, times: 2 };
    expect((await control('POST', '/faults', fault)).status).toBe(201);

    const refused = [await put('a', 'one'), await put('a', 'two')];
    expect(refused.map(({ status }) => status)).toEqual([429, 429]);
    expect(refused[0]?.headers.get('retry-after')).toBe('7');
    expect(refused[0]?.json).toEqual({ oh: 'no' });
    expect((await read('a')).json).toBeNull();
    expect((await put('a', 'three')).status).toBe(201);
    expect((await control('GET', '/faults')).json).toEqual({ faults: [] });
  });

  it('sends a text unchanged, for vendors whose errors are HTML', async () => {
    await control('POST', '/faults', { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad Gateway</h1>' });
    const answer = await read('a');
    expect(answer.text).toBe('<h1>Bad Gateway</h1>');
    expect(answer.headers.get('content-type')).toMatch('text/html');
  });

  it('closes the connection after the write has landed', async () => {
    const { id } = (await control('POST', '/faults', { method: 'PUT', dropResponse: true, times: 1 })).json;
    await expect(put('a', 'landed')).rejects.toThrow();
    expect((await read('a')).json).toMatchObject({ text: 'landed' });
    expect(sandbox.requests()[0]).toMatchObject({ method: 'PUT', status: null, fault: id });
  });

  it('answers with an error after the write has landed', async () => {
    await control('POST', '/faults', { method: 'PUT', status: 500, afterWrite: true, body: 'late' });
    expect(await put('a', 'landed')).toMatchObject({ status: 500, text: 'late' });
    expect((await read('a')).json).toMatchObject({ text: 'landed' });
  });

  it('hangs without handling the request', async () => {
    await control('POST', '/faults', { method: 'PUT', hang: true });
    await hangingUntil(async () => (await control('GET', '/faults')).json.faults[0].touched === 1);
    expect((await read('a')).json).toBeNull();
  });

  it('hangs after the write has landed', async () => {
    await control('POST', '/faults', { method: 'PUT', hang: true, afterWrite: true });
    await hangingUntil(async () => (await read('a')).json !== null);
    expect((await read('a')).json).toMatchObject({ text: 'landed' });
  });

  it('delays an answer', async () => {
    const { id } = (await control('POST', '/faults', { path: '/notes/slow', latencyMs: 40 })).json;
    await read('slow');
    await read('quick');
    const [slow, quick] = sandbox.requests();
    expect(slow).toMatchObject({ path: '/notes/slow', fault: id });
    expect(slow?.ms).toBeGreaterThanOrEqual(39);
    expect(quick).not.toHaveProperty('fault');
  });

  it.each([
    ['/notes/*', '/notes/a', true],
    ['/notes/*', '/notes/a/tags', false],
    ['/notes/**', '/notes/a/tags', true],
    ['/notes/a', '/notes/a?x=1', true],
    ['/notes/a.b', '/notes/a-b', false],
  ])('matches the pattern %s against %s: %s', async (path, requested, touched) => {
    await control('POST', '/faults', { path, status: 418 });
    expect((await call('GET', sandbox.url + requested)).status === 418).toBe(touched);
  });

  it('is deleted alone or with all others', async () => {
    const first = (await control('POST', '/faults', { status: 501 })).json.id;
    for (const status of [502, 503]) await control('POST', '/faults', { status });
    expect((await control('DELETE', `/faults/${first}`)).status).toBe(204);
    expect((await read('a')).status).toBe(502);
    expect((await control('DELETE', `/faults/${first}`)).status).toBe(404);
    await control('DELETE', '/faults');
    expect((await read('a')).status).toBe(200);
  });

  it('refuses an unknown key by name', async () => {
    const answer = await control('POST', '/faults', { latency: 5 });
    expect(answer.status).toBe(400);
    expect(answer.json.error).toMatch('latency');
  });
});

/** Sends a PUT that gets no answer, and leaves once `condition` holds. */
async function hangingUntil(condition: () => Promise<boolean>): Promise<void> {
  const client = new AbortController();
  const answer = fetch(`${sandbox.url}/notes/a`, { method: 'PUT', body: 'landed', signal: client.signal });
  while (!(await condition()));
  client.abort();
  await expect(answer).rejects.toThrow('abort');
}
