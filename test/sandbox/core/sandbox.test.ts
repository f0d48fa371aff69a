import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from '@jest/globals';
import { call } from './http.ts';
import { startNoteSandbox } from './note-vendor.ts';
import { startReceiver } from './receiver.ts';

const directory = mkdtempSync(join(tmpdir(), 'sandbox-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('the frame of a sandbox', () => {
  it('logs requests to the vendor and none to control routes', async () => {
    await using sandbox = await started();
    await call('PUT', `${sandbox.url}/notes/a?x=1`, 'text');
    await call('GET', `${sandbox.url}/nowhere`);
    const { json } = await call('GET', `${sandbox.controlUrl}/requests`);
    expect(json.last).toBe(2);
    expect(json.requests).toMatchObject([
      { sequence: 1, method: 'PUT', path: '/notes/a?x=1', status: 201, bytes: 10 },
      { sequence: 2, method: 'GET', path: '/nowhere', status: 404 },
    ]);
    expect((await call('GET', `${sandbox.controlUrl}/requests?after=1`)).json.requests).toMatchObject([{ sequence: 2 }]);
    expect((await call('GET', `${sandbox.controlUrl}/requests?limit=1`)).json.requests).toMatchObject([{ sequence: 1 }]);
  });

  it('changes settings while it runs and refuses unknown ones', async () => {
    await using sandbox = await started({ settings: { greeting: 'hi' } });
    const patched = await call('PATCH', `${sandbox.controlUrl}/settings`, { greeting: 'servus' });
    expect(patched.json).toMatchObject({ settings: { greeting: 'servus' }, info: { token: 'note-token' } });
    expect((await call('GET', `${sandbox.url}/greeting`)).json).toEqual({ greeting: 'servus' });
    expect((await call('PATCH', `${sandbox.controlUrl}/settings`, { greetings: 'x' })).status).toBe(400);
    await call('POST', `${sandbox.controlUrl}/reset`);
    expect((await call('GET', `${sandbox.url}/greeting`)).json).toEqual({ greeting: 'hi' });
  });

  it('removes records, requests and the clock offset on reset', async () => {
    await using sandbox = await started();
    await call('POST', `${sandbox.controlUrl}/records`, [{ id: 'a', text: 'one' }]);
    await call('POST', `${sandbox.controlUrl}/clock`, { advanceMs: 86_400_000 });
    expect(sandbox.clock.now()).toBeGreaterThan(Date.now() + 80_000_000);
    await call('POST', `${sandbox.controlUrl}/reset`);
    expect((await call('GET', `${sandbox.controlUrl}/records`)).json).toEqual([]);
    expect(sandbox.clock.now()).toBeLessThan(Date.now() + 1_000);
    expect(sandbox.requests()).toEqual([]);
  });

  it('keeps records, the clock and pending webhooks across a restart', async () => {
    const dataDirectory = join(directory, 'restart');
    const receiver = await startReceiver();
    receiver.status = 503;
    const before = await startNoteSandbox({ dataDirectory, webhookTargets: [receiver.url] });
    await call('POST', `${before.controlUrl}/clock`, { advanceMs: 86_400_000 });
    await call('PUT', `${before.url}/notes/a`, 'kept');
    await call('PUT', `${before.url}/notes/b`, 'second');
    await call('PUT', `${before.url}/notes/a`, 'kept');
    await before.webhooks.idle();
    await before.close();

    receiver.status = 200;
    const after = await startNoteSandbox({ dataDirectory });
    expect((await call('GET', `${after.url}/notes/a`)).json).toMatchObject({ text: 'kept' });
    expect((await call('GET', `${after.controlUrl}/records`)).json).toMatchObject([{ text: 'kept' }, { text: 'second' }]);
    expect(after.clock.now()).toBeGreaterThan(Date.now() + 80_000_000);
    await call('POST', `${after.controlUrl}/clock`, { advanceMs: 600_000 });
    await after.webhooks.idle();
    expect(receiver.bodies()).toHaveLength(6);
    await after.close();
    await receiver.close();
  });

  it('keeps an answered write after SIGKILL', async () => {
    const dataDirectory = join(directory, 'killed');
    const first = await inProcess(dataDirectory);
    await call('PUT', `${first.url}/notes/a`, 'answered');
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');
    await using second = await started({ dataDirectory });
    expect((await call('GET', `${second.url}/notes/a`)).json).toMatchObject({ text: 'answered' });
  });

  it('throws with the port that is taken', async () => {
    await using sandbox = await started();
    await expect(startNoteSandbox({ port: sandbox.port })).rejects.toThrow(
      `Port ${sandbox.port} on 127.0.0.1 is taken: give the notes sandbox another one.`,
    );
  });
});

async function started(options: Parameters<typeof startNoteSandbox>[0] = {}) {
  const sandbox = await startNoteSandbox(options);
  return { ...sandbox, [Symbol.asyncDispose]: () => sandbox.close() };
}

/** A sandbox in its own process, so that it can be killed. */
async function inProcess(dataDirectory: string) {
  const script = `
    import { startNoteSandbox } from './test/sandbox/core/note-vendor.ts';
    const { url } = await startNoteSandbox({ dataDirectory: process.argv[1] });
    console.log(url);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, dataDirectory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = await once(createInterface(child.stdout), 'line');
  return { process: child, url: String(url) };
}
