import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { parseConfig } from '#sandbox/main-config.ts';

let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGKILL'));

function start(config: object) {
  const environment = { ...process.env, SANDBOX_CONFIG: JSON.stringify(config) };
  const started = spawn(process.execPath, ['src/sandbox/main.ts'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  child = started;
  return started;
}

describe('the process that runs the sandboxes', () => {
  it('prints the addresses as one line of JSON, and stops with status 0', async () => {
    const started = start({
      sandboxes: {
        ...{ gohighlevel: { port: 0, settings: { locationId: 'Mine0000000000000001' } }, calltools: { port: 0 } },
        ...{ square: { port: 0 }, google: { port: 0 } },
      },
    });
    const [line] = await once(started.stdout, 'data');
    const { ready, sandboxes } = JSON.parse(String(line));
    expect(ready).toBe(true);
    expect(sandboxes.gohighlevel).toMatchObject({
      locationId: 'Mine0000000000000001',
      token: expect.any(String),
      webhookPublicKey: expect.any(String),
    });
    expect(sandboxes.calltools).toMatchObject({ url: expect.stringMatching(/\/api$/), token: expect.any(String) });
    expect(sandboxes.square).toMatchObject({ merchantId: 'MLSANDBOXMERCHANT', signatureKey: expect.any(String) });
    expect(sandboxes.google).toMatchObject({ refreshToken: expect.any(String), tokenPath: '/token' });
    for (const { control } of Object.values<{ control: string }>(sandboxes)) expect((await fetch(control)).status).toBe(200);
    started.kill('SIGTERM');
    expect(await once(started, 'exit')).toEqual([0, null]);
  });

  it('starts every sandbox that is not set to null', () => {
    const { sandboxes } = parseConfig({ SANDBOX_CONFIG: '{"sandboxes":{"calltools":null}}' });
    expect(sandboxes).toMatchObject({
      gohighlevel: { port: 4101 },
      calltools: null,
      square: { port: 4103 },
      google: { port: 4104 },
    });
  });

  it('names a port that is taken, and exits', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    const started = start({ sandboxes: { gohighlevel: { port } } });
    const [said, [status]] = await Promise.all([text(started.stderr), once(started, 'exit')]);
    expect(status).toBe(1);
    expect(said.trim()).toBe(`Port ${port} on 127.0.0.1 is taken: give the gohighlevel sandbox another one.`);
    holder.close();
  });

  it('names an unknown setting', async () => {
    const started = start({ sandboxes: { gohighlevel: { port: 0, settings: { serchLagMs: 1 } } } });
    expect(await text(started.stderr)).toMatch(/configuration of the sandboxes is wrong[\s\S]*serchLagMs/);
  });
});
