import { CommandError, exitCodes } from '#cli/exit-codes.ts';
import type { ConfigWith } from '#config.ts';
import { fillMatchKeys } from '#contacts/matching/match-keys.ts';
import { fillSearchTexts } from '#contacts/search-texts.ts';
import { openDatabase } from '#db/database.ts';
import { createDatabase, databaseOf, findDatabase, isForbidden } from '#db/databases.ts';
import { listNewerMigrations, migrateToLatest } from '#db/migrate.ts';

type MigratedConfig = ConfigWith<'database'>;

/**
 * Creates the missing parts of a workspace, and brings it to this release: its database, tables and functions, its Temporal namespace and search
 * attributes. `main` is the default workspace, whose database and namespace exist. Prints each step.
 */
export async function prepareWorkspace(config: MigratedConfig, main: MigratedConfig): Promise<void> {
  if (config.workspace !== null) await ensureDatabase(config, main);
  report('database', await migrateToLatest(config.database.url));
  await prepareData(config.database.url);
  await registerWithTemporal(config);
}

async function ensureDatabase({ database, workspace }: MigratedConfig, main: MigratedConfig): Promise<void> {
  const name = databaseOf(database.url);
  // A server of its own is somebody else's: there the database is created by hand.
  if (new URL(database.url).host !== new URL(main.database.url).host) return;
  if ((await findDatabase(main.database.url, name)) !== null) return;
  try {
    await createDatabase(main.database.url, name);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    const role = decodeURIComponent(new URL(database.url).username);
    throw new CommandError(
      `The role of DATABASE_URL may not create the database of the workspace ${workspace?.name}: allow it once (alter role ${role} createdb), ` +
        `or run as a superuser: create database ${name} owner ${role}; revoke connect on database ${name} from public`,
      exitCodes.failed,
    );
  }
  console.log(`database: created ${name}`);
}

/** Contacts that were stored before contacts had match keys and search texts get them. */
async function prepareData(url: string): Promise<void> {
  const db = openDatabase({ url, poolSize: 1 });
  try {
    const newer = await listNewerMigrations(db);
    if (newer.length > 0) console.log(`database: stays as a newer release has made it (${newer.join(', ')})`);
    await fillMatchKeys(db);
    await fillSearchTexts(db);
  } finally {
    await db.destroy();
  }
}

const deadlineMs = 5_000;

/** A server that does not let clients add search attributes is no failure: Accord works without them. */
async function registerWithTemporal({ workspace }: MigratedConfig): Promise<void> {
  const { createTemporalClient } = await import('#temporal.ts');
  const { explainMissing, registerSearchAttributes } = await import('#search-attributes.ts');
  const { findNamespaceProblem } = await import('#temporal-problems.ts');
  const { ensureNamespace } = await import('#temporal-namespace.ts');
  const client = createTemporalClient(workspace?.temporal);
  const { namespace } = client.options;
  try {
    // That of the default workspace is set up with the server.
    const result = workspace === null ? 'existed' : await ensureNamespace(client).catch(() => 'existed' as const);
    if (result === 'created') console.log(`namespace: created ${namespace}`);
    if (result === 'refused')
      console.log(`namespace: create it with tcld namespace create --namespace ${namespace.split('.')[0]} --region <region>`);
    const problem = await findNamespaceProblem(client, deadlineMs);
    if (problem !== null)
      throw new CommandError(`${problem} The database is migrated: run accord migrate again.`, exitCodes.unavailable);
    const { added, refused } = await registerSearchAttributes(client);
    if (refused.length > 0) console.log(explainMissing(refused, client.options.namespace));
    else report('search attributes', added);
  } finally {
    await client.connection.close();
  }
}

function report(name: string, added: string[]): void {
  console.log(`${name}: ${added.length > 0 ? `added ${added.join(', ')}` : 'up to date'}`);
}
