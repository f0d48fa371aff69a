import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const value = (from: string) => `import { it } from '${from}'; it();`;
const type = (from: string) => `import type { It } from '${from}'; export const it: It[] = [];`;

const refused: [file: string, source: string, because: string][] = [
  ['src/domain/merge/merge-record.ts', value('#db/contacts/links.ts'), 'The domain is pure'],
  ['src/domain/merge/merge-record.ts', type('#providers/provider.ts'), 'The domain is pure'],
  ['src/domain/merge/merge-record.ts', value('node:fs'), 'The domain is pure'],
  ['src/domain/merge/merge-record.ts', value('kysely'), 'The domain is pure'],
  ['src/domain/merge/merge-record.ts', value('pg'), 'The domain is pure'],
  ['src/domain/merge/merge-record.ts', value('undici'), 'The domain is pure'],
  ['src/domain/merge/merge-record.ts', value('express'), 'The domain is pure'],
  ['src/domain/merge/merge-record.ts', 'export const now = Date.now();', 'pass the time'],
  ['src/domain/merge/merge-record.ts', 'export const now = new Date();', 'pass the time'],
  ['src/domain/merge/merge-record.ts', 'export const chance = Math.random();', 'random'],
  ['src/domain/merge/merge-record.ts', "export const answer = fetch('https://example.com');", 'fetch'],
  ['src/domain/normalize/deep/name.ts', value('#db/contacts/links.ts'), 'The domain is pure'],
  ['src/domain/normalize/deep/name.ts', value('../email.ts'), 'The domain is pure'],
  ['src/workflows/contact/lane.ts', value('#db/contacts/links.ts'), 'Workflows import'],
  ['src/workflows/contact/lane.ts', value('#temporal.ts'), 'Workflows import'],
  ['src/workflows/contact/lane.ts', value('node:crypto'), 'Workflows import'],
  ['src/workflows/contact/lane.ts', value('kysely'), 'Workflows import'],
  ['src/workflows/contact/lane.ts', value('undici'), 'Workflows import'],
  ['src/workflows/contact/lane.ts', value('#domain/merge/merge-record.ts'), 'Only types'],
  ['src/workflows/contact/lane.ts', value('#activities/index.ts'), 'Only types'],
  ['src/workflows/contact/lane.ts', "export * from '#domain/merge/merge-record.ts';", 'Only types'],
  ['src/contacts/contact-unit.ts', value('#activities/deps.ts'), 'The contact writer imports'],
  ['src/contacts/contact-unit.ts', value('#providers/square/client.ts'), 'The contact writer imports'],
  ['src/contacts/contact-unit.ts', value('kysely'), 'Only db talks to PostgreSQL'],
  ['src/activities/contact/push-record.ts', value('#api/app.ts'), 'Activities import'],
  ['src/activities/contact/push-record.ts', value('#workflows/messages.ts'), 'Activities import'],
  ['src/activities/contact/push-record.ts', value('#providers/square/client.ts'), 'Activities import'],
  ['src/activities/contact/push-record.ts', value('#temporal.ts'), 'Activities import'],
  ['src/activities/contact/push-record.ts', value('#config.ts'), 'Activities import'],
  ['src/activities/contact/push-record.ts', value('../deps.ts'), 'Activities import'],
  ['src/activities/contact/push-record.ts', value('kysely'), 'Only db talks to PostgreSQL'],
  ['src/activities/contact/push-record.ts', value('square'), "vendor's SDK"],
  ['src/providers/http.ts', value('#db/contacts/links.ts'), 'Providers import'],
  ['src/providers/http.ts', value('pg'), 'Only db talks to PostgreSQL'],
  ['src/providers/square/client.ts', value('#db/contacts/links.ts'), 'A provider imports'],
  ['src/providers/square/client.ts', value('#providers/calltools/client.ts'), 'no other provider'],
  ['src/providers/square/records/update.ts', value('#providers/calltools/client.ts'), 'no other provider'],
  ['src/providers/square/client.ts', value('express'), 'Only api and sandbox serve HTTP'],
  ['src/delivery/send.ts', value('#db/contacts/links.ts'), 'Delivery imports'],
  ['src/contact-files/open-file.ts', value('#db/contacts/links.ts'), 'Contact files import the domain'],
  ['src/signatures/hmac.ts', value('#domain/contact.ts'), 'Signatures import nothing'],
  ['src/concurrency/batcher.ts', value('#db/database.ts'), 'Concurrency helpers import nothing'],
  ['src/domain/merge/merge-record.ts', value('#concurrency/batcher.ts'), 'The domain is pure'],
  ['src/workflows/contact/lane.ts', value('#concurrency/batcher.ts'), 'Workflows import'],
  ['src/db/contacts/links.ts', value('#providers/errors.ts'), 'The database imports'],
  ['src/db/contacts/links.ts', value('#domain/merge/merge-record.ts'), 'Only types'],
  ['src/db/contacts/links.ts', value('undici'), 'send HTTP'],
  ['src/db/migrations/0002-next.ts', type('#db/tables.ts'), 'A migration is frozen'],
  ['src/db/migrations/0002-next.ts', type('../tables.ts'), 'A migration is frozen'],
  ['src/api/sync/sync.ts', value('#activities/index.ts'), 'The api imports'],
  ['src/api/sync/sync.ts', value('#config.ts'), 'The api imports'],
  ['src/api/sync/sync.ts', value('#sandbox/main.ts'), 'The api imports'],
  ['src/api/sync/sync.ts', value('../app.ts'), 'The api imports'],
  ['src/api/sync/sync.ts', value('#api/server.ts'), 'Nothing imports a process'],
  ['src/api/sync/sync.ts', value('#providers/square/webhook.ts'), 'The api imports'],
  ['src/api/sync/sync.ts', value('#providers/web-form/client.ts'), 'activities call providers'],
  ['src/api/sync/sync.ts', value('kysely'), 'Only db talks to PostgreSQL'],
  ['src/api/sync/sync.ts', value('@temporalio/workflow'), 'Workflow code lives'],
  ['src/sandbox/main.ts', value('#providers/index.ts'), 'A sandbox imports nothing of ours'],
  ['src/sandbox/square/routes/customers.ts', value('#domain/contact.ts'), 'A sandbox imports nothing of ours'],
  ['src/sandbox/square/routes/customers.ts', value('square'), "vendor's SDK"],
  ['src/config/environment.ts', value('#db/database.ts'), 'Configuration imports'],
  ['src/admin/ui/page.tsx', value('#api/app.ts'), 'a client of the REST API'],
  ['src/admin/ui/page.tsx', type('#domain/contact.ts'), 'a client of the REST API'],
  ['src/admin/ui/page.tsx', value('node:fs'), 'a client of the REST API'],
  ['src/temporal.ts', type('./config.ts'), 'read config.ts'],
  ['src/schedules.ts', value('./worker.ts'), 'nothing imports a process'],
  ['src/schedules.ts', value('./workers/create-workers.ts'), 'nothing imports a process'],
  ['src/api/sync/sync.ts', value('#workers/create-workers.ts'), 'The api imports'],
  ['src/cli/up/up.ts', value('../worker.ts'), 'Import across folders by layer'],
  ['test/domain/merge.test.ts', value('../setup/database.ts'), 'Import across folders by layer'],
];

const allowed: [file: string, source: string][] = [
  ['src/domain/normalize/name.ts', value('#domain/contact.ts')],
  ['src/domain/normalize/phone.ts', value('libphonenumber-js/max')],
  ['src/domain/merge/merge-record.ts', 'export const at = (time: number) => new Date(time);'],
  ['src/workflows/contact/lane.ts', type('#domain/sync/reconcile.ts')],
  ['src/workflows/contact/lane.ts', type('#activities/index.ts')],
  ['src/workflows/contact/lane.ts', "import { priorities } from '#domain/sync/priority.ts'; priorities.live;"],
  ['src/contacts/contact-unit.ts', value('#db/contacts/links.ts')],
  ['src/contacts/contact-unit.ts', type('#providers/provider.ts')],
  ['src/activities/contact/push-record.ts', value('#contacts/contact-unit.ts')],
  ['src/activities/contact/push-record.ts', value('#db/contacts/links.ts')],
  ['src/activities/contact/push-record.ts', value('#concurrency/batcher.ts')],
  ['src/delivery/send.ts', value('#concurrency/batcher.ts')],
  ['src/providers/index.ts', value('./square/index.ts')],
  ['src/providers/square/client.ts', value('#domain/normalize/name.ts')],
  ['src/providers/square/webhook.ts', value('#signatures/hmac.ts')],
  ['src/providers/square/client.ts', value('#providers/http.ts')],
  ['src/providers/square/records/update.ts', value('#providers/square/connection.ts')],
  ['src/providers/square/client.ts', value('square')],
  ['src/db/contacts/links.ts', "import { emptyFields, type It } from '#domain/contact.ts'; export const it: It = emptyFields;"],
  ['src/api/sync/sync.ts', value('#temporal.ts')],
  ['src/api/sync/sync.ts', value('#contacts/contact-unit.ts')],
  ['src/api/delivery/endpoints.ts', value('#delivery/sign.ts')],
  ['src/api/very/deep/room/operation.ts', value('#api/app.ts')],
  ['src/api/server.ts', value('#config.ts')],
  ['src/sandbox/square/routes/customers.ts', value('#sandbox/core/store.ts')],
  ['src/worker.ts', value('./config.ts')],
  ['src/workers/connect-providers.ts', value('#config.ts')],
  ['src/cli/worker.ts', value('#worker.ts')],
  ['src/dev/stack.ts', value('#config.ts')],
];

/** Two files that import each other, by value or by type. */
const cycles: [name: string, files: [path: string, source: string][]][] = [
  [
    'of values',
    [
      ['src/domain/cycle/a.ts', "import { b } from './b.ts'; export const a = () => b();"],
      ['src/domain/cycle/b.ts', "import { a } from './a.ts'; export const b = () => a();"],
    ],
  ],
  [
    'of types, across layers',
    [
      ['src/db/cycle.ts', "import type { Back } from '#db/cycle/back.ts'; export type Cycle = Back[];"],
      ['src/db/cycle/back.ts', "import type { Cycle } from '#db/cycle.ts'; export type Back = Cycle[];"],
    ],
  ],
];

describe('the import table, as the linter knows it', () => {
  let directory: string;
  let complaints: Map<string, string[]>;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'accord-lint-'));
    await copyRules(directory);
    const sources = [...refused, ...allowed].map(([file, source]) => [fileFor(file, source), source] as const);
    const inCycles = cycles.flatMap(([, files]) => files);
    await Promise.all([...sources, ...inCycles].map(([file, source]) => write(join(directory, file), source)));
    complaints = await lint(directory);
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it.each(refused)('%s: %s is refused', (file, source, because) => {
    expect(complaints.get(fileFor(file, source))).toEqual([expect.stringContaining(because)]);
  });

  it.each(allowed)('%s: %s is allowed', (file, source) => {
    expect(complaints.get(fileFor(file, source))).toBeUndefined();
  });

  it.each(cycles)('a cycle %s is refused in each of its files', (_, files) => {
    const found = files.map(([path]) => complaints.get(path));
    expect(found).toEqual(files.map(() => [expect.stringContaining('part of a cycle')]));
  });
});

/** Each case gets its own file in the folder under test, so that one run of the linter covers all cases. */
function fileFor(file: string, source: string): string {
  const cases = [...refused, ...allowed];
  const place = cases.findIndex((each) => each[0] === file && each[1] === source);
  const earlier = cases.slice(0, place).filter((each) => each[0] === file).length;
  // A file whose name matters, such as server.ts, has one case only.
  return earlier === 0 ? file : file.replace(/(\.tsx?)$/, `-${earlier}$1`);
}

/** Copies the project's rules without `vcs`: the temporary directory is no git repository. */
async function copyRules(to: string): Promise<void> {
  const { vcs: _, $schema: __, ...rules } = JSON.parse(await readFile('biome.json', 'utf8'));
  await writeFile(join(to, 'biome.json'), JSON.stringify(rules));
  await cp('lint', join(to, 'lint'), { recursive: true });
  await cp('package.json', join(to, 'package.json'));
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** The linter's messages by file. Its exit code is ignored: it is 1 whenever it reports something. */
async function lint(directory: string): Promise<Map<string, string[]>> {
  const biome = join(process.cwd(), 'node_modules/.bin/biome');
  const output = await new Promise<string>((resolve) => {
    execFile(biome, ['lint', '--reporter=json', '--max-diagnostics=none', '.'], { cwd: directory }, (_error, stdout) =>
      resolve(stdout),
    );
  });
  const { diagnostics } = JSON.parse(output) as { diagnostics: Diagnostic[] };
  const complaints = new Map<string, string[]>();
  for (const { location, message } of diagnostics)
    complaints.set(location.path, [...(complaints.get(location.path) ?? []), message]);
  return complaints;
}

interface Diagnostic {
  location: { path: string };
  message: string;
}
