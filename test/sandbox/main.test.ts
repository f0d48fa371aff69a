import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';

let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGKILL'));

function start(config: object) {
  const environment = { ...process.env, SANDBOX_CONFIG: JSON.stringify(config) };
  const started = spawn(process.execPath, ['src/sandbox/main.ts'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  child = started;
  return started;
}

describe('the process of all sandboxes', () => {
  it('says in one line of JSON where they are, and stops cleanly', async () => {
    const started = start({
      sandboxes: { gohighlevel: { port: 0, settings: { locationId: 'Mine0000000000000001' } }, calltools: { port: 0 } },
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
    for (const { control } of Object.values<{ control: string }>(sandboxes)) expect((await fetch(control)).status).toBe(200);
    started.kill('SIGTERM');
    expect(await once(started, 'exit')).toEqual([0, null]);
  });

  it('names a port that is taken, and leaves', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    const started = start({ sandboxes: { gohighlevel: { port }, calltools: null } });
    const [said, [status]] = await Promise.all([text(started.stderr), once(started, 'exit')]);
    expect(status).toBe(1);
    expect(said.trim()).toBe(`Port ${port} on 127.0.0.1 is taken: give the gohighlevel sandbox another one.`);
    holder.close();
  });

  it('names a knob that does not exist', async () => {
    const started = start({ sandboxes: { gohighlevel: { port: 0, settings: { serchLagMs: 1 } }, calltools: null } });
    expect(await text(started.stderr)).toMatch(/configuration is wrong[\s\S]*serchLagMs/);
  });
});
