import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const value = (from: string) => `import { it } from '${from}'; it();`;
const type = (from: string) => `import type { It } from '${from}'; export const it: It[] = [];`;

const refused: [file: string, source: string, because: string][] = [
  ['src/domain/merge.ts', value('../db/links.ts'), 'The domain imports nothing of ours'],
  ['src/domain/merge.ts', type('../providers/provider.ts'), 'The domain imports nothing of ours'],
  ['src/domain/merge.ts', value('node:fs'), 'no Node modules'],
  ['src/domain/normalize/name.ts', value('../../db/links.ts'), 'The domain imports nothing of ours'],
  ['src/domain/normalize/name.ts', value('node:util'), 'no Node modules'],
  ['src/workflows/lane.ts', value('../db/links.ts'), 'Workflows import'],
  ['src/workflows/lane.ts', value('../temporal.ts'), 'Workflows import'],
  ['src/workflows/lane.ts', value('node:crypto'), 'sandbox without Node'],
  ['src/workflows/lane.ts', value('../domain/merge.ts'), 'Only types'],
  ['src/workflows/lane.ts', value('../activities/index.ts'), 'Only types'],
  ['src/workflows/lane.ts', "export * from '#domain/merge.ts';", 'Only types'],
  ['src/activities/push-record.ts', value('../api/app.ts'), 'Activities import'],
  ['src/activities/push-record.ts', value('../workflows/sync-contact.ts'), 'Activities import'],
  ['src/activities/push-record.ts', value('../temporal.ts'), 'Activities import'],
  ['src/activities/push-record.ts', value('../config.ts'), 'Activities import'],
  ['src/providers/http.ts', value('../db/links.ts'), 'Providers import'],
  ['src/providers/square/client.ts', value('../../db/links.ts'), 'Providers import'],
  ['src/providers/square/client.ts', value('../calltools/client.ts'), 'no other provider'],
  ['src/delivery/send.ts', value('../db/links.ts'), 'Delivery imports'],
  ['src/signatures/hmac.ts', value('../domain/contact.ts'), 'Signatures import nothing'],
  ['src/db/links.ts', value('../providers/errors.ts'), 'The database imports'],
  ['src/db/links.ts', value('../domain/merge.ts'), 'Only types'],
  ['src/db/migrations/0002-next.ts', type('../tables.ts'), 'A migration is frozen'],
  ['src/api/sync.ts', value('../activities/index.ts'), 'The api imports'],
  ['src/api/sync.ts', value('../config.ts'), 'The api imports'],
  ['src/api/sync.ts', value('../sandbox/main.ts'), 'The api imports'],
  ['src/api/sync.ts', value('./server.ts'), 'Nothing imports a process'],
  ['src/sandbox/main.ts', value('../providers/index.ts'), 'A sandbox imports nothing of ours'],
  ['src/sandbox/square/index.ts', value('../../providers/square/client.ts'), 'A sandbox imports nothing of ours'],
  ['src/sandbox/square/routes/customers.ts', value('../../../domain/contact.ts'), 'A sandbox imports nothing of ours'],
  ['src/config/environment.ts', value('../db/database.ts'), 'Configuration imports'],
  ['src/temporal.ts', type('./config.ts'), 'read config.ts'],
  ['src/schedules.ts', value('./worker.ts'), 'nothing imports a process'],
];

const allowed: [file: string, source: string][] = [
  ['src/domain/normalize/name.ts', value('../contact.ts')],
  ['src/workflows/lane.ts', type('../domain/reconcile.ts')],
  ['src/workflows/lane.ts', type('../activities/index.ts')],
  ['src/activities/push-record.ts', value('../workflows/messages.ts')],
  ['src/activities/push-record.ts', value('../db/links.ts')],
  ['src/providers/index.ts', value('./square/index.ts')],
  ['src/providers/square/client.ts', value('../../domain/normalize/name.ts')],
  ['src/providers/square/webhook.ts', value('../../signatures/hmac.ts')],
  ['src/providers/square/client.ts', value('../http.ts')],
  ['src/db/links.ts', "import { emptyFields, type It } from '#domain/contact.ts'; export const it: It = emptyFields;"],
  ['src/api/sync.ts', value('../temporal.ts')],
  ['src/api/webhooks.ts', value('../delivery/sign.ts')],
  ['src/api/server.ts', value('../config.ts')],
  ['src/sandbox/square/routes/customers.ts', value('../../core/store.ts')],
  ['src/worker.ts', value('./config.ts')],
  ['src/cli/worker.ts', value('../worker.ts')],
  ['src/dev/stack.ts', value('../config.ts')],
];

describe('the import table, as the linter knows it', () => {
  let directory: string;
  let complaints: Map<string, string[]>;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'accord-lint-'));
    await copyRules(directory);
    await Promise.all([...refused, ...allowed].map(([file, source]) => write(join(directory, fileFor(file, source)), source)));
    complaints = await lint(directory);
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it.each(refused)('%s: %s is refused', (file, source, because) => {
    expect(complaints.get(fileFor(file, source))).toEqual([expect.stringContaining(because)]);
  });

  it.each(allowed)('%s: %s is allowed', (file, source) => {
    expect(complaints.get(fileFor(file, source))).toBeUndefined();
  });
});

/** A file of its own for every case, in the folder that the case is about, so that one run of the linter answers for all. */
function fileFor(file: string, source: string): string {
  const cases = [...refused, ...allowed];
  const place = cases.findIndex((each) => each[0] === file && each[1] === source);
  const earlier = cases.slice(0, place).filter((each) => each[0] === file).length;
  // Where the name matters, as in server.ts, there is just one case.
  return earlier === 0 ? file : file.replace(/\.ts$/, `-${earlier}.ts`);
}

/** The project's own rules; it is not a git repository there. */
async function copyRules(to: string): Promise<void> {
  const { vcs: _, $schema: __, ...rules } = JSON.parse(await readFile('biome.json', 'utf8'));
  await writeFile(join(to, 'biome.json'), JSON.stringify(rules));
  await cp('lint', join(to, 'lint'), { recursive: true });
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** Per file, what the linter has to say; it leaves with an error as soon as it has something. */
async function lint(directory: string): Promise<Map<string, string[]>> {
  const biome = join(process.cwd(), 'node_modules/.bin/biome');
  const output = await new Promise<string>((resolve) => {
    execFile(biome, ['lint', '--reporter=json', '--max-diagnostics=none', 'src'], { cwd: directory }, (_error, stdout) =>
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
