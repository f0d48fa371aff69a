import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ActivityDeps } from '#activities/deps.ts';
import { nextImportStep } from '#activities/imports/next-import-step.ts';
import { listImports } from '#db/imports/imports.ts';
import { waitUntil } from '#dev/wait-until.ts';
import { isUnderWay } from '#domain/import.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';

let api: TestApi;
let deps: ActivityDeps;
beforeAll(async () => {
  api = await startTestApi({ extras });
  const conflicts = { order: [], fields: {} };
  deps = {
    ...{ db: api.db, extras },
    providers: new Map(),
    audiences: [],
    sharing: {},
    conflicts,
    now: () => new Date(),
    signalContact: async () => {},
  };
});
afterAll(() => api.close());

const root = '/api/v1/imports';
const extras = ['membership', 'member_since'];
const mapping = { columns: { Name: 'fullName', Mail: 'email' } };

interface Shown {
  id: string;
  state: string;
  error: string | null;
  checked: Record<string, number>;
  imported: Record<string, number>;
  areRowsKept: boolean;
}

async function read(response: Response, status = 200): Promise<Shown> {
  expect([response.status, response.ok ? '' : await response.clone().text()]).toEqual([status, '']);
  return ((await response.json()) as { data: { import: Shown } }).data.import;
}

const announce = async (body: object) => read(await api.post(root, { fileName: 'people.csv', ...body }), 201);
const send = (id: string, number: number, piece: string | Uint8Array) =>
  fetch(`${api.url}${root}/${id}/parts/${number}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/octet-stream' },
    body: piece as string,
  });
let key: string;
beforeAll(async () => {
  key = await api.keyFor('imports:write');
});

/** As the workflow does, for which no worker runs here. */
async function work(id: string): Promise<Shown> {
  while (!(await nextImportStep(deps, { importId: id }, { cause: 'test/run', isLastAttempt: true })).isDone);
  const response = await api.get(`${root}/${id}`);
  expect(await faultsOf('get', `${root}/{id}`, response)).toEqual([]);
  return read(response);
}

describe('imports', () => {
  it('take a file in parts, say what they would do, do it when they are started again, and serve the problems as a file', async () => {
    const { id } = await announce({ mapping, isDryRun: true });
    expect((await send(id, 2, 'example.com\nGrace Hopper,=cmd|x\n')).status).toBe(204);
    const early = await api.post(`${root}/${id}/start`);
    expect([early.status, await early.json()]).toEqual([
      409,
      expect.objectContaining({ detail: 'Part 1 of the file is missing: send it, and start again.' }),
    ]);
    expect((await send(id, 1, 'Name,Mail\nAda Lovelace,ada@')).status).toBe(204);
    expect(await read(await api.post(`${root}/${id}/start`), 202)).toMatchObject({ state: 'reading' });
    expect(await work(id)).toMatchObject({ state: 'checked', checked: { new: 2, changed: 0 }, areRowsKept: true });
    const rows = await api.get(`${root}/${id}/rows?filter=new&limit=1`);
    expect(await rows.json()).toMatchObject({ data: { rows: [{ line: 2, name: 'Ada Lovelace', outcome: 'new' }], next: '1' } });
    const problems = await api.get(`${root}/${id}/problems`);
    expect([problems.headers.get('content-type'), await problems.text()]).toEqual([
      'text/csv; charset=utf-8',
      'Name,Mail,Line,Column,Problem\r\nGrace Hopper,\'=cmd|x,3,Mail,"“=cmd|x” is no email address, and is left out. Correct it, and import the row again."\r\n',
    ]);
    expect(await read(await api.post(`${root}/${id}/start`), 202)).toMatchObject({ state: 'importing' });
    expect(await read(await api.post(`${root}/${id}/start`), 202)).toMatchObject({ state: 'importing' });
    expect(await work(id)).toMatchObject({ state: 'completed', imported: { new: 2 } });
    expect((await api.post(`${root}/${id}/start`)).status).toBe(409);
    expect((await send(id, 3, 'x')).status).toBe(409);
    const found = await api.get('/api/v1/contacts?q=ada@example.com');
    const { data } = (await found.json()) as { data: { contacts: { id: string }[] } };
    const history = await api.get(`/api/v1/contacts/${data.contacts[0]?.id}/history`);
    expect(await faultsOf('get', '/api/v1/contacts/{id}/history', history)).toEqual([]);
    const audit = await api.db.selectFrom('audit_log').select('action').where('target', '=', id).orderBy('id').execute();
    expect(audit.map(({ action }) => action)).toEqual(['import.create', 'import.start', 'import.start']);
  });

  it('are cancelled with everything that they hold', async () => {
    const { id } = await announce({ mapping });
    await send(id, 1, 'Name,Mail\nNobody,\n');
    expect(await read(await api.post(`${root}/${id}/cancel`))).toMatchObject({ state: 'cancelled', areRowsKept: false });
    expect((await api.post(`${root}/${id}/cancel`)).status).toBe(409);
    expect(await api.db.selectFrom('import_part').select('number').where('import_id', '=', id).execute()).toEqual([]);
  });

  it('are listed, the newest first, and refuse what they cannot use', async () => {
    const { id } = await announce({});
    const list = await api.get(`${root}?limit=1`);
    expect(await faultsOf('get', root, list)).toEqual([]);
    expect(await list.json()).toMatchObject({ data: { imports: [{ id, state: 'receiving' }] } });
    expect((await api.post(`${root}/${id}/start`)).status).toBe(409);
    expect((await send(id, 1, '')).status).toBe(400);
    expect((await send(id, 1, new Uint8Array(1_048_577))).status).toBe(413);
    const wrong = await api.post(root, { fileName: 'a.csv', mapping: { columns: { Name: 'shoeSize' } } });
    expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining('/body/mapping/columns/Name')]);
    const unknown = await api.post(root, { fileName: 'a.csv', mapping: { columns: { Size: 'extras.shoe_size' } } });
    expect([unknown.status, await unknown.json()]).toEqual([
      400,
      expect.objectContaining({ detail: expect.stringContaining('it names “extras.membership”, “extras.member_since”') }),
    ]);
    expect((await api.get(`${root}/00000000-0000-4000-8000-000000000000`)).status).toBe(404);
  });

  it('come back as an export, with the filter of the list, by a key with its scope', async () => {
    const exporter = await api.keyFor('exports:read');
    const get = (query: string, by = exporter) =>
      fetch(`${api.url}/api/v1/contacts/export?${query}`, { headers: { authorization: `Bearer ${by}` } });
    const file = await get('q=ada@example.com');
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    expect((await file.text()).split('\r\n')).toEqual([
      expect.stringMatching(/^Accord ID,Given name,.*,extras\.membership,extras\.member_since$/),
      expect.stringMatching(/^[\da-f-]{36},Ada,,Lovelace,/),
      '',
    ]);
    expect(await (await get('q=ada@example.com&format=vcard')).text()).toMatch(/^BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lovelace;Ada;/);
    expect((await get('q=x', key)).status).toBe(403);
    const audit = await api.db
      .selectFrom('audit_log')
      .select('target')
      .where('action', '=', 'contacts.export')
      .orderBy('id')
      .execute();
    expect(audit).toEqual([{ target: 'csv' }, { target: 'vcard' }]);
  });

  it('need a key of their own', async () => {
    const reader = await api.keyFor('sync:read', 'sync:write');
    const response = await fetch(api.url + root, { headers: { authorization: `Bearer ${reader}` } });
    expect([response.status, await response.json()]).toEqual([
      403,
      expect.objectContaining({ detail: 'This API key lacks the scope imports:write.' }),
    ]);
  });
});

it('the commands of docs/operating.md run, with its mapping', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'accord-'));
  const operating = readFileSync('docs/operating.md', 'utf8');
  const [, commands = '', between = ''] =
    /test\/api\/imports\/imports\.test\.ts, .* -->\n```sh\n([\s\S]*?)```([\s\S]*)/.exec(operating) ?? [];
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(between) ?? [];
  writeFileSync(join(folder, 'mapping.yaml'), example);
  writeFileSync(
    join(folder, 'contacts.csv'),
    'First Name,Last Name,Labels,E-mail 1 - Value\nMary,Jackson,vip,mary@example.com\n',
  );
  writeFileSync(
    join(folder, 'people.csv'),
    'Vorname,E-Mail,Handy,Gruppen,Mitglied seit\nHedy,hedy@example.com,0151 23456789,vip|Kunde,2019\nNobody,nowhere,,,\n',
  );
  const env = { ...process.env, ACCORD_API_URL: api.url, ACCORD_API_KEY: await api.keyFor('imports:write', 'exports:read') };
  const outputs: string[] = [];
  for (const line of commands.trim().split('\n')) {
    const [last] = await listImports(api.db, { limit: 1 });
    const args = line
      .replace(/ +#.*/, '')
      .replace('<import>', last?.id ?? '')
      .split(' ')
      .slice(1);
    const command = [resolve('src/cli/accord.ts'), '--no-env-file', ...args];
    const running = promisify(execFile)(process.execPath, command, { env, cwd: folder });
    outputs.push((await whileWorking(running)).stdout);
  }
  expect(outputs).toEqual([
    expect.stringMatching(/contacts\.csv: 1 row checked, and nothing imported\n +1 +new people/),
    expect.stringMatching(/contacts\.csv: 1 row imported\n +1 +new people/),
    expect.stringMatching(/people\.csv: 2 rows imported\n +2 +new people/),
    expect.any(String),
    expect.any(String),
  ]);
  expect(readFileSync(join(folder, 'problems.csv'), 'utf8')).toContain('Nobody,nowhere,');
  const cards = readFileSync(join(folder, 'vip.vcf'), 'utf8');
  expect(cards.match(/^N:.*$/gm)?.toSorted()).toEqual([
    expect.stringMatching(/^N:;Hedy/),
    expect.stringMatching(/^N:Jackson;Mary/),
  ]);
  expect(cards).toContain('+4915123456789');
  expect(cards).toMatch(/^X-ACCORD-EXTRA-MEMBER-SINCE;VALUE=TEXT:2019\r$/m);
}, 120_000);

/** Does the work of the workflows, which no worker does here, until a command has ended. */
async function whileWorking<Result>(running: Promise<Result>): Promise<Result> {
  let isRunning = true;
  const ended = running.finally(() => {
    isRunning = false;
  });
  const check = async () => {
    const runs = await listImports(api.db, { limit: 1 });
    for (const { id, state } of runs) if (isUnderWay(state)) await work(id);
    if (isRunning) throw new Error('It still runs');
  };
  await Promise.all([ended, waitUntil('the command to end', check)]);
  return ended;
}
