import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

type Given = Readonly<Record<string, string>>;

/** The name of a workspace beside the default one: part of its URLs, its database and its Temporal namespace. */
const nameRule = /^[a-z][a-z\d]*(-[a-z\d]+)*$/;

/** PostgreSQL cuts the name of a database after 63 characters. */
const maxLength = 30;

/** Names of the default workspace. */
export const defaultName = 'default';

/** Why a text cannot be the name of a workspace; null when it can. A sentence without a capital and a full stop. */
export function explainName(name: string): string | null {
  if (name === defaultName) return 'the workspace default is the one of accord.yaml';
  if (nameRule.test(name) && name.length <= maxLength) return null;
  return `the name of a workspace has lower-case letters, digits and single hyphens, begins with a letter, and has at most ${maxLength} characters`;
}

/** The prefix of a workspace's variables: `ACME_WEST__` for `acme-west`. */
export const variablePrefix = (name: string): string => `${name.toUpperCase().replaceAll('-', '_')}__`;

/** Where a workspace is, below the api's address. */
export const workspacePath = (name: string): string => `/w/${name}`;

/** The folder with one file per workspace: `ACCORD_WORKSPACES`, else `workspaces` beside accord.yaml. */
export function workspacesFolder({ ACCORD_WORKSPACES: folder, ACCORD_CONFIG: file = 'accord.yaml' }: Given): string {
  return folder ?? join(dirname(file), 'workspaces');
}

/** The file of a workspace, of the same form as accord.yaml. */
export const workspaceFile = (name: string, given: Given): string => join(workspacesFolder(given), `${name}.yaml`);

/** The workspaces beside the default one, by name. The sandboxes of `npm start` have none. */
export function listWorkspaces(given: Given): { names: string[]; problems: string[] } {
  const folder = workspacesFolder(given);
  const files = given.ACCORD_PROFILE === 'sandbox' ? [] : readFolder(folder);
  const all = files.filter((file) => file.endsWith('.yaml')).map((file) => file.slice(0, -'.yaml'.length));
  const problems = all.flatMap((name) => {
    const problem = explainName(name);
    return problem === null ? [] : [`${join(folder, `${name}.yaml`)}: ${problem}`];
  });
  return { names: all.filter((name) => explainName(name) === null).toSorted(), problems };
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No folder, no further workspaces.
    return [];
  }
}
