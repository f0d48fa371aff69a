import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chooseContacts, sampleLookalikes } from '#dev/demonstration/sample-lookalikes.ts';
import { waitUntil } from '#dev/wait-until.ts';
import { chromiumPath, openBrowser } from '#test/admin/browser.ts';
import { isAlive } from '#test/setup/is-alive.ts';

const itWithBrowser = chromiumPath === undefined ? it.skip : it;

const lookalikes = sampleLookalikes().flat();
const countOf = (wanted: string) => lookalikes.filter(({ outcome }) => outcome === wanted).length;
const [recognised, others, asked] = [countOf('recognised'), countOf('somebody else'), countOf('asked')];
const contacts = chooseContacts(100).length;
const samples = contacts + lookalikes.length;
/** Each pair that is asked about is two contacts, which are not everywhere. */
const everywhere = contacts + others - asked;

// The whole stack, started by its command. The tests run in order: each start uses the folder of the one before.
describe('accord up', () => {
  let directory: string;
  let current: Run | null = null;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'accord-up-'));
  });

  afterAll(async () => {
    current?.child.kill('SIGTERM');
    await current?.ended;
    await rm(directory, { recursive: true, force: true });
  });

  const start = (...flags: string[]) => {
    current = up('--data', directory, ...flags);
    return current;
  };

  it('shows the plan, goes live, and shows an edit in each place and the first API key, and exits with --exit', async () => {
    const { ended, output } = start('--contacts', '100', '--exit');
    const compared = new RegExp(`✔ ${samples} sample contacts read and compared in [\\d.]+ s: ${contacts} from GoHighLevel`);
    expect([await ended, output()]).toEqual([0, expect.stringMatching(compared)]);
    expect(output()).toMatch(
      /✔ The plan: create 6 in GoHighLevel, \d+ in CallTools, \d+ in Square and \d+ in Google; update \d+; nothing is/,
    );
    expect(output()).toMatch(/✔ Live with all accounts: the plan is carried out after [\d.]+ s/);
    expect(output()).toContain(
      `✔ Of the ${lookalikes.length} in Square and Google, ${recognised} are recognised, ${others} are somebody else, and ${asked} wait for your decision`,
    );
    expectEdits(output());
    const counted = new RegExp(
      `✔ ${everywhere + 1} people in GoHighLevel, Square and Google, \\d+ of them in CallTools, no duplicates`,
    );
    expect(output()).toMatch(counted);
    expect(output()).toMatch(/API key +accord_\S+ +\(shown this once\)/);
    expect(existsSync(join(directory, 'up.json'))).toBe(false);
  }, 180_000);

  describe('started again', () => {
    let run: Run;
    let ready: UpFile;

    beforeAll(async () => {
      run = start();
      await waitUntil(
        'the last line of the start',
        async () => expect(run.output()).toContain('Press Ctrl-C to stop the stack'),
        {
          timeoutMs: 120_000,
        },
      );
      ready = readUpFile(directory);
    }, 180_000);

    it('keeps its data and shows other edits', async () => {
      // The vendors show the last edit before Accord has recorded it.
      await waitUntil('all pushes to end', async () => {
        const { body } = await call(ready, '/sync/stats');
        expect(body).toMatchObject({
          success: true,
          data: { total_contacts: contacts + 2 + others + asked, failed: 0, pending: 0 },
        });
      });
      expect(run.output()).not.toContain('sample contacts');
      expectEdits(run.output());
      expect(run.output()).toContain(`${everywhere + 2} people`);
      expect(run.output()).not.toContain(ready.apiKey);
    });

    it('writes up.json, which only this user can read', async () => {
      expect((await stat(join(directory, 'up.json'))).mode & 0o777).toBe(0o600);
      expect(ready).toEqual({
        urls: {
          api: expect.any(String),
          admin: `${ready.urls.api}/admin`,
          docs: `${ready.urls.api}/docs`,
          temporalUi: expect.stringMatching(/^http:/),
        },
        temporal: { address: expect.stringMatching(/^127\.0\.0\.1:\d+$/), namespace: 'default' },
        database: expect.stringMatching(/^postgres:\/\//),
        apiKey: expect.stringMatching(/^accord_/),
        pids: Object.fromEntries(
          ['postgres', 'temporal', 'api', 'worker', 'sandboxes'].map((name) => [name, expect.any(Number)]),
        ),
        sandboxes: {
          gohighlevel: sandbox({ locationId: expect.any(String) }),
          calltools: sandbox({ url: expect.stringMatching(/\/api$/) }),
          square: sandbox({ merchantId: expect.any(String), signatureKey: expect.any(String) }),
          google: sandbox({
            clientId: expect.any(String),
            clientSecret: expect.any(String),
            refreshToken: expect.any(String),
            tokenUrl: expect.stringMatching(/\/token$/),
          }),
        },
      });
      expect((await fetch(ready.urls.temporalUi)).status).toBe(200);
      expect((await fetch(ready.urls.docs)).status).toBe(200);
    });

    it('names the command that lists the pairs to decide, which takes decisions', async () => {
      const candidates = async (...words: string[]) => {
        const { ended, output } = accord('candidates', ...words, '--data', directory);
        expect([await ended, output()]).toEqual([0, expect.any(String)]);
        return output();
      };
      expect(run.output()).toContain(`${asked} pairs of contacts may be one person`);
      expect(run.output()).toContain(`npm run accord -- candidates --data ${directory}`);
      const ids = [...(await candidates()).matchAll(/^(\S+) +score/gm)].map(([, id]) => String(id));
      expect(ids).toHaveLength(asked);
      expect(await candidates('accept', String(ids[0]))).toContain('done, sync started');
      expect(await candidates('reject', String(ids[1]))).toContain('done, sync started');
      expect(await candidates()).not.toMatch(new RegExp(`${ids[0]}|${ids[1]}`));
    }, 60_000);

    it('refuses a second start in the same folder', async () => {
      const second = up('--data', directory);
      expect(await second.ended).toBe(1);
      expect(second.output()).toMatch(
        /^accord: Accord already runs in .* \(process \d+\)\. Stop it, or choose another folder with --data\.\n$/,
      );
    });

    it.each(['api', 'worker', 'sandboxes', 'temporal', 'postgres'])(
      'restarts %s when it is killed, and reports it',
      async (name) => {
        const before = readUpFile(directory).pids[name];
        process.kill(Number(before), 'SIGKILL');
        await waitUntil('a new process id', async () => expect(readUpFile(directory).pids[name]).not.toBe(before), {
          timeoutMs: 60_000,
        });
        expect(run.output()).toContain(`${name} ended (SIGKILL); restarting in`);
        await waitUntil('the API to answer', async () => expect((await call(ready, '/sync/stats')).status).toBe(200));
      },
      90_000,
    );

    it('stops everything on SIGTERM', async () => {
      const { pids } = readUpFile(directory);
      run.child.kill('SIGTERM');
      expect(await run.ended).toBe(0);
      expect(Object.values(pids).filter(isAlive)).toEqual([]);
      expect(existsSync(join(directory, 'up.json'))).toBe(false);
    }, 60_000);
  });

  it('starts over with --fresh; with --no-demo the commands of docs/operating.md connect the sandboxes, which are only observed', async () => {
    const run = start('--fresh', '--no-demo');
    const untilReady = async () => expect(run.output()).toContain('Press Ctrl-C to stop the stack');
    await waitUntil('the last line of the start', untilReady, { timeoutMs: 100_000 });
    expect(run.output()).toMatch(/API key +accord_\S+ +\(shown this once\)/);
    expect(run.output()).not.toContain('Live edits');
    const ready = readUpFile(directory);
    await addPerson(ready.sandboxes.google?.control ?? '');
    const [list, google, square, gohighlevel, calltools, checked, disconnected] = await runConnectCommands(directory, ready);
    expect(list).toMatch(/square +not-connected +Square is not connected: accord connect square\./);
    expect(google).toContain('✔ The credentials open the account “Sandbox Owner”');
    expect(square).toContain(`✔ Square sends webhooks to ${ready.urls.api}/webhooks/square.`);
    expect(gohighlevel).toContain('gohighlevel is connected.');
    expect(calltools).toContain('✔ Every bucket that audiences name exists.');
    expect(checked).toContain('square is connected.');
    expect(disconnected).toContain('google is disconnected. The access is taken back at Google Contacts.');
    await waitUntil(
      'the worker to have all accounts',
      async () => {
        const { body } = await call(ready, '/api/v1/plan');
        const accounts = expect.arrayContaining([expect.objectContaining({ provider: 'gohighlevel', mode: 'observe' })]);
        expect(body).toMatchObject({ data: { accounts } });
      },
      { timeoutMs: 60_000 },
    );
    const plan = accord('plan', '--data', directory);
    expect([await plan.ended, plan.output()]).toEqual([0, expect.stringMatching(/gohighlevel +observe +1 +0 +0 /)]);
  }, 240_000);

  itWithBrowser(
    'an account that is connected on the admin pages goes live there, and the api is killed meanwhile',
    async () => {
      const ready = readUpFile(directory);
      const browser = await openBrowser();
      const { page, open } = await browser.visit(ready.urls.api, ready.apiKey);
      await open('/connections');
      const google = page.getByRole('region', { name: 'Google Contacts' });
      await google.getByRole('button', { name: 'Connect …' }).click();
      const [vendor] = await Promise.all([
        page.context().waitForEvent('page'),
        page.getByRole('button', { name: 'Go to Google Contacts' }).click(),
      ]);
      await vendor.getByRole('button', { name: /allow/i }).click();
      await vendor.getByText('Google Contacts is connected').waitFor();
      await google.getByText('connected', { exact: true }).waitFor();
      await addPerson(ready.sandboxes.square?.control ?? '', {
        givenName: 'Grace',
        familyName: 'Hopper',
        email: 'grace@example.com',
      });
      await open('/go-live');
      const { api } = ready.pids;
      process.kill(api ?? 0, 'SIGKILL');
      await waitUntil('another api', async () => expect(readUpFile(directory).pids.api).not.toBe(api));
      // The page goes on by itself: Google was read, and Grace, from Square, is to be created.
      await google.getByText('not read completely yet').waitFor({ state: 'detached', timeout: 60_000 });
      await google.getByText(/^1\s*to be created$/).waitFor({ timeout: 60_000 });
      // An account goes live only once all are read.
      await waitUntil('all accounts read', async () => expect(await page.getByText('not read completely yet').count()).toBe(0));
      await google.getByRole('button', { name: 'Go live …' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'All at once' }).click();
      await google.getByText('live', { exact: true }).waitFor();
      await waitUntil('the new record', async () => expect(await emailsIn(ready, 'google')).toContain('grace@example.com'));
      await browser.close();
    },
    240_000,
  );

  it('stops with the accounts that were connected meanwhile', async () => {
    current?.child.kill('SIGTERM');
    expect(await current?.ended).toBe(0);
  }, 60_000);
});

const ada = { givenName: 'Ada', familyName: 'Lovelace', email: 'ada@example.com' };

function addPerson(control: string, person: object = ada): Promise<Response> {
  return fetch(`${control}/people`, { method: 'POST', body: JSON.stringify({ people: [person] }) });
}

async function emailsIn({ sandboxes }: UpFile, sandbox: string): Promise<string[]> {
  const response = await fetch(`${sandboxes[sandbox]?.control}/people`);
  const { people } = (await response.json()) as { people: { emails: string[] }[] };
  return people.flatMap(({ emails }) => emails);
}

/** Runs the commands of the page, with a person who allows the access at each authorise page. Returns what each one printed. */
async function runConnectCommands(directory: string, ready: UpFile): Promise<string[]> {
  const [, section = ''] = readFileSync('docs/operating.md', 'utf8').split('### Connecting accounts');
  const lines = /```sh\n([^`]*)```/.exec(section)?.[1]?.trim().split('\n') ?? [];
  const shown: string[] = [];
  for (const line of lines) {
    const [, words = '', file] = /^accord (.*?)(< \S+)?\s*(?:#.*)?$/.exec(line) ?? [];
    // The worker has taken the account over, and reads it by itself.
    if (words.startsWith('disconnect')) await untilRead(ready);
    const command = accord(...words.trim().split(/\s+/), '--data', directory);
    if (file) command.child.stdin?.end(ready.sandboxes.calltools?.token);
    if (/^connect (google|square|gohighlevel)$/.test(words.trim())) await allow(command);
    expect([line, await command.ended, command.output()]).toEqual([line, 0, expect.any(String)]);
    shown.push(command.output());
  }
  return shown;
}

async function allow({ output }: Run): Promise<void> {
  const urlOf = () => /^ +(http:\S+)$/m.exec(output())?.[1] ?? '';
  await waitUntil('the authorise page', async () => expect(urlOf()).not.toBe(''), { timeoutMs: 30_000 });
  const body = new URLSearchParams({ decision: 'allow' });
  const { headers } = await fetch(urlOf(), { method: 'POST', body, redirect: 'manual' });
  expect((await fetch(headers.get('location') ?? '')).status).toBe(200);
}

async function untilRead(ready: UpFile): Promise<void> {
  const find = async () => expect((await call(ready, '/sync/stats')).body).toMatchObject({ data: { total_contacts: 1 } });
  await waitUntil('the first pass of Google', find, { timeoutMs: 60_000 });
}

/** Expects a line for each edit, with each place where it must arrive. */
function expectEdits(output: string): void {
  for (const line of [
    /GoHighLevel +\S.* tagged “cold lead” +→ CallTools’ bucket “Cold Leads” \d+ ms/,
    /Square +\S.* has another phone number +→ GoHighLevel \d+ ms · Google \d+ ms/,
    /Google +\S.* is now \S.* +→ GoHighLevel \d+ ms · Square \d+ ms/,
    /CallTools +\S.* wants no more calls +→ GoHighLevel \d+ ms · out of the bucket \d+ ms/,
    /Web form +\S.* sent the form +→ GoHighLevel \d+ ms · Square \d+ ms · Google \d+ ms/,
  ])
    expect(output).toMatch(line);
}

interface Run {
  child: ChildProcess;
  ended: Promise<number | null>;
  output(): string;
}

interface UpFile {
  urls: { api: string; docs: string; temporalUi: string };
  apiKey: string;
  pids: Record<string, number>;
  sandboxes: Record<string, { control: string; token: string }>;
}

function up(...flags: string[]): Run {
  return accord('up', ...flags);
}

function accord(...words: string[]): Run {
  const { ACCORD_API_KEY: _, ACCORD_API_URL: __, ...env } = process.env;
  const child = spawn(process.execPath, ['src/cli/accord.ts', ...words], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  return { child, ended: once(child, 'close').then(([code]) => code), output: () => text };
}

function readUpFile(directory: string): UpFile {
  return JSON.parse(readFileSync(join(directory, 'up.json'), 'utf8'));
}

async function call({ urls, apiKey }: UpFile, path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(urls.api + path, { headers: { authorization: `Bearer ${apiKey}` } });
  return { status: response.status, body: await response.json() };
}

function sandbox(more: object): object {
  return { url: expect.any(String), control: expect.stringMatching(/\/_sandbox$/), token: expect.any(String), ...more };
}
