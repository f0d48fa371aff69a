import { Command } from 'commander';
import { addWorkspace } from './add-workspace.ts';
import { showWorkspaces } from './list-workspaces.ts';
import { removeWorkspace } from './remove-workspace.ts';

/** `accord workspaces` */
export function workspacesCommand(): Command {
  const workspaces = new Command('workspaces').description('keep several businesses apart in one installation');
  workspaces
    .command('list', { isDefault: true })
    .description('list the workspaces, with their addresses and databases')
    .option('--json', 'print JSON')
    .action(showWorkspaces);
  workspaces
    .command('add')
    .description('add a workspace: its file, its database and its Temporal namespace')
    .argument('<name>', 'lower-case letters, digits and hyphens, such as acme')
    .action(addWorkspace);
  workspaces
    .command('remove')
    .description('remove a workspace with everything that it holds, after asking for its name')
    .argument('<name>', 'the workspace')
    .option('--dry-run', 'change nothing, and show what would be removed')
    .action(removeWorkspace);
  return workspaces;
}
