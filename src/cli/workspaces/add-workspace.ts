import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandError, exitCodes } from '#cli/exit-codes.ts';
import { withoutBlanks } from '#config/environment.ts';
import { explainName, variablePrefix, workspaceFile } from '#config/workspaces/names.ts';
import { loadConfig, loadWorkspaces } from '#config.ts';
import { prepareWorkspace } from './prepare-workspace.ts';

/** May be repeated: it adds the missing parts. */
export async function addWorkspace(name: string): Promise<void> {
  const problem = explainName(name);
  if (problem !== null) throw new CommandError(`"${name}" cannot be added: ${problem}`, exitCodes.usage);
  const main = loadConfig({ need: ['database'], workspace: null });
  const file = workspaceFile(name, withoutBlanks(process.env));
  const isNew = !existsSync(file);
  if (isNew) writeNew(file, name);
  try {
    // All of them, because values that two share are refused.
    const config = loadWorkspaces({ need: ['database'] }).others.find(({ workspace }) => workspace?.name === name);
    if (!config) throw new CommandError(`${file} is not read: the sandboxes of npm start have one workspace`, exitCodes.failed);
    console.log(`settings: ${isNew ? 'wrote' : 'kept'} ${file}`);
    await prepareWorkspace(config, main);
    console.log(nextSteps(name, config.http.publicUrl));
  } catch (error) {
    if (isNew) rmSync(file);
    throw error;
  }
}

function writeNew(file: string, name: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `# The workspace ${name}. Its settings are those of accord.yaml; accord.schema.json describes them.\n{}\n`);
}

const nextSteps = (name: string, url: string): string => `
${name} is at ${url} once api and worker are started again. Next:
  accord keys create me --workspace ${name} --scope admin
  accord connect --workspace ${name}        or variables with the prefix ${variablePrefix(name)} in the environment`;
