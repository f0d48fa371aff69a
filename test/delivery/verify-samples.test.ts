import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { messageHeaders } from '#delivery/message.ts';
import { newSecret } from '#delivery/sign.ts';
import { freePort } from '#free-port.ts';
import { eventually } from '#test/setup/eventually.ts';
import { send } from './receiver.ts';

const run = promisify(execFile);
const folder = join(import.meta.dirname, '../../docs/verify');
/** The receivers know `current`. */
const secrets = { current: newSecret(), other: newSecret(), oldest: newSecret() };
const body = Buffer.from('{"event":"new_lead","data":{"id":"lead_1","name":"Zoë 王 🦊"}}');

interface Sample {
  language: string;
  /** Prints the version; fails when the language is not installed. */
  probe: [command: string, ...args: string[]];
  /** Runs once, before the receiver starts. */
  prepare?(directory: string): Promise<unknown>;
  start(port: number, directory: string): [command: string, ...args: string[]];
}

const samples: Sample[] = [
  { language: 'Node', probe: ['node', '-v'], start: () => [process.execPath, join(folder, 'node.mjs')] },
  { language: 'Node with Express', probe: ['node', '-v'], start: () => [process.execPath, join(folder, 'express.mjs')] },
  { language: 'Python', probe: ['python3', '-V'], start: () => ['python3', join(folder, 'python.py')] },
  { language: 'PHP', probe: ['php', '-v'], start: (port) => ['php', '-S', `127.0.0.1:${port}`, join(folder, 'php.php')] },
  {
    language: 'Go',
    probe: ['go', 'version'],
    prepare: (directory) => run('go', ['build', '-o', join(directory, 'receiver'), '.'], { cwd: join(folder, 'go') }),
    start: (_, directory) => [join(directory, 'receiver')],
  },
];

function isHere([command, ...args]: Sample['probe']): boolean {
  return spawnSync(command, args).status === 0;
}

function signed(changes: Partial<Parameters<typeof messageHeaders>[0]> = {}): Record<string, string> {
  const ids = { eventId: 'evt_1', eventType: 'new_lead', deliveryId: 'del_1', attempt: 1 };
  return messageHeaders({ ...ids, secrets: { current: secrets.current }, timestamp: new Date(), body, ...changes });
}

function without(name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(signed()).filter(([other]) => other !== name));
}

describe.each(samples)('the sample in $language', ({ language, probe, prepare, start }) => {
  if (!isHere(probe)) {
    it.skip(`is not run: there is no ${language} on this machine`, () => {});
    return;
  }

  let directory: string;
  let receiver: ChildProcess;
  let url: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'accord-verify-'));
    await prepare?.(directory);
    const port = await freePort();
    const [command, ...args] = start(port, directory);
    const env = { ...process.env, WEBHOOK_SECRET: secrets.current, PORT: String(port) };
    receiver = spawn(command, args, { env, stdio: 'ignore' });
    url = `http://127.0.0.1:${port}/`;
    await eventually(async () => expect((await send({ url })).status).not.toBeNull());
  }, 240_000);

  afterAll(async () => {
    receiver.kill();
    await rm(directory, { recursive: true });
  });

  it('accepts genuine deliveries, also during a rotation', async () => {
    const { current, other, oldest } = secrets;
    for (const secrets of [
      { current },
      { current, previous: [other] },
      { current: other, previous: [current] },
      { current: other, previous: [oldest, current] },
    ])
      expect(await send({ url, body, headers: signed({ secrets }) })).toMatchObject({ ok: true, status: 204 });
  });

  it('accepts one valid signature among invalid ones, and a small clock difference', async () => {
    const { 'webhook-signature': right = '', ...headers } = signed();
    const wrong = signed({ secrets: { current: newSecret() } })['webhook-signature'];
    const listed = { ...headers, 'webhook-signature': `${wrong} v2,${right.slice(3)} ${right} ${wrong}` };
    const off = (seconds: number) => signed({ timestamp: new Date(Date.now() - seconds * 1000) });
    for (const each of [listed, off(280), off(-280)])
      expect(await send({ url, body, headers: each })).toMatchObject({ ok: true, status: 204 });
  });

  it('accepts a test event, which has no lead', async () => {
    const test = Buffer.from('{"event":"webhook.test","data":{"message":"Only a test."}}');
    expect(await send({ url, body: test, headers: signed({ body: test }) })).toMatchObject({ ok: true, status: 204 });
  });

  it('rejects another or a missing signature, body or time', async () => {
    const past = (seconds: number) => signed({ timestamp: new Date(Date.now() - seconds * 1000) });
    const forgeries: [headers: Record<string, string>, bytes?: Buffer][] = [
      [signed({ secrets: { current: newSecret() } })],
      [signed({ secrets: { current: newSecret(), previous: [newSecret()] } })],
      [signed(), Buffer.concat([body, Buffer.from(' ')])],
      [{ ...signed(), 'X-Webhook-Signature': 'zz' }],
      [{ ...signed(), 'webhook-timestamp': 'hello' }],
      [{ ...signed(), 'webhook-signature': 'v1,' }],
      [{ ...signed(), 'webhook-signature': signed()['webhook-signature']?.slice(0, 8) ?? '' }],
      [{ ...signed(), 'webhook-signature': signed()['webhook-signature']?.replace('v1,', 'v2,') ?? '' }],
      [{ ...signed(), 'X-Webhook-Signature': signed()['X-Webhook-Signature']?.slice(0, 8) ?? '' }],
      [
        {
          ...signed(),
          'X-Webhook-Signature': signed()['X-Webhook-Signature']?.replace(/.$/, (last) => (last === '0' ? '1' : '0')) ?? '',
        },
      ],
      [signed(), Buffer.alloc(0)],
      [{ ...signed(), 'webhook-id': 'evt_2' }],
      // The second one is sent after thirteen others.
      [past(330)],
      [past(-330)],
      ...['X-Webhook-Signature', 'webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name): [Record<string, string>] => [
        without(name),
      ]),
    ];
    for (const [headers, bytes = body] of forgeries)
      expect(await send({ url, body: bytes, headers })).toMatchObject({ status: 401 });
  });
});

const hasShellTools = isHere(['curl', '--version']) && isHere(['openssl', 'version']);

(hasShellTools ? describe : describe.skip)('the sample for curl and openssl', () => {
  const script = join(folder, 'curl.sh');
  const sh = (...args: string[]) => run('sh', [script, ...args], { env: { ...process.env, WEBHOOK_SECRET: secrets.current } });

  it('sends a delivery that a receiver accepts', async () => {
    const port = await freePort();
    const env = { ...process.env, WEBHOOK_SECRET: secrets.current, PORT: String(port) };
    const receiver = spawn(process.execPath, [join(folder, 'node.mjs')], { env, stdio: 'ignore' });
    const url = `http://127.0.0.1:${port}/`;
    await eventually(async () => expect((await send({ url })).status).not.toBeNull());
    expect((await sh('send', url)).stdout).toBe('204\n');
    receiver.kill();
  });

  it('tells a genuine delivery from a forged one', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'accord-verify-'));
    const file = join(directory, 'body.json');
    await writeFile(file, body);
    expect((await sh('check', file, signed()['X-Webhook-Signature'] ?? '')).stdout).toBe('genuine\n');
    const other = signed({ secrets: { current: newSecret() } })['X-Webhook-Signature'] ?? '';
    await expect(sh('check', file, other)).rejects.toMatchObject({ code: 1, stdout: 'not genuine\n' });
    await rm(directory, { recursive: true });
  });
});
