import { showColumns, showLine } from '#cli/screen.ts';
import { type ConfigWith, loadWorkspaces } from '#config.ts';
import { databaseOf, findDatabase } from '#db/databases.ts';

interface Row {
  name: string;
  url: string;
  database: string;
  namespace: string;
  /** Null where it cannot be read from the server of the default workspace. */
  megabytes: number | null;
}

export async function showWorkspaces({ json }: { json?: boolean }): Promise<void> {
  const { main, others } = loadWorkspaces({ need: ['database'] });
  const rows = await Promise.all([main, ...others].map((config) => toRow(config, main)));
  if (json) return showLine(JSON.stringify({ workspaces: rows }, null, 2));
  showColumns(
    ['NAME', 'ADDRESS', 'DATABASE', 'MB', 'NAMESPACE'],
    rows.map(({ name, url, database, namespace, megabytes }) => [name, url, database, megabytes ?? '', namespace]),
  );
}

async function toRow({ workspace, http, database }: ConfigWith<'database'>, main: ConfigWith<'database'>): Promise<Row> {
  const isHere = new URL(database.url).host === new URL(main.database.url).host;
  const name = databaseOf(database.url);
  const facts = isHere ? await findDatabase(main.database.url, name) : null;
  return {
    name: workspace?.name ?? 'default',
    url: http.publicUrl,
    database: isHere && facts === null ? `${name} is missing: run accord migrate` : name,
    namespace: workspace?.temporal.TEMPORAL_NAMESPACE ?? process.env.TEMPORAL_NAMESPACE ?? 'default',
    megabytes: facts && Math.round(facts.bytes / 1_048_576),
  };
}
