import { Command } from 'commander';
import { loadConfig } from '#config.ts';
import { migrateToLatest } from '#db/migrate.ts';

export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the database to the newest schema, and register the search attributes with Temporal')
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

function report(what: string, added: string[]): void {
  console.log(`${what}: ${added.length > 0 ? `added ${added.join(', ')}` : 'up to date'}`);
}
