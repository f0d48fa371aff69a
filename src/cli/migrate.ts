import { Command } from 'commander';
import { loadConfig } from '#config.ts';
import { fillMatchKeys } from '#contacts/matching/match-keys.ts';
import { fillSearchTexts } from '#contacts/search-texts.ts';
import { openDatabase } from '#db/database.ts';
import { migrateToLatest } from '#db/migrate.ts';
import { CommandError, exitCodes } from './exit-codes.ts';

/** `accord migrate` */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('migrate the database to the newest schema and register the search attributes with Temporal')
    .action(migrate);
}

async function migrate(): Promise<void> {
  const { database } = loadConfig({ need: ['database'] });
  report('database', await migrateToLatest(database.url));
  await fillKeys(database.url);
  await registerWithTemporal();
}

/** Contacts that were stored before contacts had match keys and search texts get them. */
async function fillKeys(url: string): Promise<void> {
  const db = openDatabase({ url, poolSize: 1 });
  try {
    await fillMatchKeys(db);
    await fillSearchTexts(db);
  } finally {
    await db.destroy();
  }
}

const deadlineMs = 5_000;

/** A server that does not let clients add search attributes is no failure: Accord works without them. */
async function registerWithTemporal(): Promise<void> {
  const { createTemporalClient } = await import('#temporal.ts');
  const { explainMissing, registerSearchAttributes } = await import('#search-attributes.ts');
  const { findNamespaceProblem } = await import('#temporal-problems.ts');
  const client = createTemporalClient();
  try {
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
