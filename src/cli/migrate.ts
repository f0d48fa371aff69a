import { Command } from 'commander';
import { forEachWorkspace, loadChosen } from './workspaces/chosen-workspaces.ts';
import { prepareWorkspace } from './workspaces/prepare-workspace.ts';

/** `accord migrate` */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('migrate the databases of all workspaces to the newest schema and register the search attributes with Temporal')
    .action(migrate);
}

async function migrate(): Promise<void> {
  const workspaces = loadChosen(['database']);
  await forEachWorkspace(workspaces, (config) => prepareWorkspace(config, workspaces.main));
}
