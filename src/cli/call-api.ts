import type { Command } from 'commander';
import { defaultName, variablePrefix, workspacePath } from '#config/workspaces/names.ts';
import { defaultFolder } from '#dev/stack/stack-folder.ts';
import { readUpFile } from '#dev/stack/up-file.ts';
import { CommandError, exitCodes, toExitCode } from './exit-codes.ts';

interface Problem {
  detail?: string;
  errors?: { pointer: string; detail: string }[];
}

/** Adds the options of a command that calls the REST API of a running Accord. */
export function withApi(command: Command): Command {
  return command
    .option('--api <url>', 'URL of the api; else ACCORD_API_URL, else http://127.0.0.1:8080')
    .option('--data <folder>', `data folder of a running \`accord up\`, for use without ACCORD_API_KEY; else ${defaultFolder}`)
    .option('--json', 'print the response as JSON');
}

export interface ApiOptions {
  api?: string;
  data?: string;
  json?: boolean;
}

interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  query?: Record<string, string | undefined>;
  body?: object;
  /** The answer is a file of any length. */
  isFile?: boolean;
  /** Sent instead of a body: bytes, or a file that is read while it is sent, with its type. */
  file?: Uint8Array<ArrayBuffer> | Blob;
}

/** Calls an operation, and returns its data. Throws with the api's own sentence when it refuses. */
export async function callApi<Data>(options: ApiOptions, request: ApiRequest): Promise<Data> {
  const response = await requestApi(options, request);
  const { data }: { data?: Data } = JSON.parse(await response.text());
  if (data === undefined) throw new Error(`The api answered ${request.path} without data`);
  return data;
}

/** As `callApi`, for operations that answer with a file. */
export async function requestApi(options: ApiOptions, request: ApiRequest): Promise<Response> {
  const { api, key } = await findAccess(options);
  const url = new URL(api.replace(/\/+$/, '') + request.path);
  for (const [name, value] of Object.entries(request.query ?? {})) if (value !== undefined) url.searchParams.set(name, value);
  const response = await fetch(url, {
    method: request.method,
    headers: { authorization: `Bearer ${key}`, 'content-type': typeOf(request) },
    ...(request.body && { body: JSON.stringify(request.body) }),
    ...(request.file && { body: request.file }),
    // A file may take longer, and is read while it arrives.
    ...(request.isFile ? {} : { signal: AbortSignal.timeout(request.file instanceof Blob ? 15 * 60_000 : 60_000) }),
  }).catch((error) => {
    const message = `The api at ${url.origin} does not answer: start it (npm run api), or correct ACCORD_API_URL`;
    throw new CommandError(message, exitCodes.unavailable, { cause: error });
  });
  if (response.ok) return response;
  const detail = readDetail(await response.text()) ?? `The api answered with ${response.status}`;
  throw new CommandError(withFix(detail, response.status), toExitCode(response.status));
}

function typeOf({ file }: ApiRequest): string {
  if (file === undefined) return 'application/json';
  return file instanceof Blob ? file.type : 'application/octet-stream';
}

/** A key that is refused is made anew on the machine of the database. */
function withFix(detail: string, status: number): string {
  const scope = /lacks the scope (\S+?)\.?$/.exec(detail)?.[1];
  if (scope !== undefined) return `${detail} Create one that has it: accord keys create <name> --scope ${scope}`;
  return status === 401 ? `${detail} Create another one: accord keys create <name> --scope sync:read sync:write` : detail;
}

/** The sentence of a problem document; null where a proxy answered something else. */
function readDetail(text: string): string | null {
  try {
    const { detail, errors = [] }: Problem = JSON.parse(text);
    const parts = errors.map((error) => `\n  ${error.pointer.replace(/^\/(query|body|params)\//, '')}: ${error.detail}`);
    return detail === undefined ? null : detail + parts.join('');
  } catch {
    return null;
  }
}

/** The api and the key of ACCORD_API_KEY, or those of the stack that `accord up` runs on this machine; in a workspace, below its path. */
async function findAccess(options: ApiOptions): Promise<{ api: string; key: string }> {
  const { ACCORD_WORKSPACE: workspace = defaultName } = process.env;
  if (workspace === defaultName) return findAccount(options);
  // `ACME__ACCORD_API_KEY`, for a shell that has the keys of several workspaces.
  const key = process.env[`${variablePrefix(workspace)}ACCORD_API_KEY`] ?? process.env.ACCORD_API_KEY;
  const { api } = await findAccount(options, key);
  return { api: api.replace(/\/+$/, '') + workspacePath(workspace), key: key ?? '' };
}

async function findAccount(
  { api = process.env.ACCORD_API_URL, data = defaultFolder }: ApiOptions,
  key = process.env.ACCORD_API_KEY,
): Promise<{ api: string; key: string }> {
  if (key) return { api: api ?? 'http://127.0.0.1:8080', key };
  // The key of a stack is of no use at another api.
  const stack = api === undefined ? await readUpFile(data) : null;
  if (!stack)
    throw new CommandError(
      `ACCORD_API_KEY is not set, and no \`accord up\` runs in ${data}: create a key with accord keys create <name> --scope sync:read sync:write`,
      exitCodes.forbidden,
    );
  return { api: stack.urls.api, key: stack.apiKey };
}
