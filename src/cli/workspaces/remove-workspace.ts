import { existsSync, renameSync } from 'node:fs';
import { confirmWord } from '#cli/confirm-word.ts';
import { CommandError, exitCodes } from '#cli/exit-codes.ts';
import { showLine, showTable } from '#cli/screen.ts';
import { withoutBlanks } from '#config/environment.ts';
import { workspaceFile } from '#config/workspaces/names.ts';
import { type ConfigWith, loadConfig } from '#config.ts';
import { databaseOf, dropDatabase, findDatabase } from '#db/databases.ts';

/** Asks for the name, because nothing brings a workspace back but a backup. */
export async function removeWorkspace(name: string, { dryRun = false }: { dryRun?: boolean }): Promise<void> {
  const file = workspaceFile(name, withoutBlanks(process.env));
  if (!existsSync(file)) throw new CommandError(`There is no workspace ${name}: ${file} does not exist`, exitCodes.notFound);
  const main = loadConfig({ need: ['database'], workspace: null });
  const config = loadConfig({ need: ['database'], workspace: name });
  const database = databaseOf(config.database.url);
  const facts = await findDatabase(config.database.url, database).catch(() => null);
  const size = facts ? `${Math.round(facts.bytes / 1_048_576)} MB` : 'does not exist';
  showTable([
    ['settings', `${file}, kept as ${file}.removed`],
    ['database', `${database}, ${size}`],
    ['namespace', `${config.workspace?.temporal.TEMPORAL_NAMESPACE}, with its workflows`],
  ]);
  showLine('Records at vendors stay. Remove its variables from the environment yourself.');
  if (dryRun) return;
  await confirmWord(name, { warning: 'Everything above is lost unless you have a backup.', action: 'remove it' });
  await removeParts(config, main, database);
  renameSync(file, `${file}.removed`);
  showLine(`${name} is removed. Start api and worker again.`);
}

/** The file goes last: until then the command can be repeated. */
async function removeParts(config: ConfigWith<'database'>, main: ConfigWith<'database'>, database: string): Promise<void> {
  const { createTemporalClient } = await import('#temporal.ts');
  const { removeNamespace } = await import('#temporal-namespace.ts');
  const client = createTemporalClient(config.workspace?.temporal);
  const { namespace } = client.options;
  try {
    if (!(await removeNamespace(client)))
      showLine(`Remove the namespace yourself: tcld namespace delete --namespace ${namespace}`);
  } finally {
    await client.connection.close();
  }
  const isHere = new URL(config.database.url).host === new URL(main.database.url).host;
  if (isHere) await dropDatabase(main.database.url, database);
  else showLine(`Remove the database ${database} yourself: it is on a server of its own.`);
}
