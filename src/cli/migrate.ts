import { Command } from 'commander';
import { loadConfig } from '#config.ts';
import { migrateToLatest } from '#db/migrate.ts';

/** `accord migrate` */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('migrate the database to the newest schema and register the search attributes with Temporal')
    .action(migrate);
}

async function migrate(): Promise<void> {
  const { database } = loadConfig({ need: ['database'] });
  report('database', await migrateToLatest(database.url));
  report('search attributes', await registerWithTemporal());
}

async function registerWithTemporal(): Promise<string[]> {
  const { createTemporalClient, registerSearchAttributes } = await import('#temporal.ts');
  const client = createTemporalClient();
  try {
    return await registerSearchAttributes(client);
  } finally {
    await client.connection.close();
  }
}

function report(name: string, added: string[]): void {
  console.log(`${name}: ${added.length > 0 ? `added ${added.join(', ')}` : 'up to date'}`);
}
