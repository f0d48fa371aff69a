import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../../src/sandbox/main-config.ts';

const squareIn = (sandboxes: object) => parseConfig({ SANDBOX_CONFIG: JSON.stringify({ sandboxes }) }).sandboxes.square;

describe('Square in the process of all sandboxes', () => {
  it('is off until it is configured', () => {
    expect(squareIn({})).toBeNull();
    expect(squareIn({ square: {} })).toMatchObject({ port: 4103, webhookTargets: [] });
  });

  it('says what a service must be configured with', async () => {
    const environment = {
      SANDBOX_CONFIG: JSON.stringify({ sandboxes: { gohighlevel: null, calltools: null, square: { port: 0 } } }),
    };
    const started = spawn(process.execPath, ['src/sandbox/main.ts'], { env: { ...process.env, ...environment } });
    const [line] = await once(started.stdout, 'data');
    const { square } = JSON.parse(String(line)).sandboxes;
    expect(square).toMatchObject({ merchantId: 'MLSANDBOXMERCHANT', signatureKey: expect.any(String) });
    const headers = { authorization: `Bearer ${square.token}` };
    expect((await fetch(`${square.url}/v2/customers`, { headers })).status).toBe(200);
    started.kill('SIGTERM');
    expect(await once(started, 'exit')).toEqual([0, null]);
  });
});
