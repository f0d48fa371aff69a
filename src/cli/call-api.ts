import type { Command } from 'commander';

interface Problem {
  detail?: string;
  status?: number;
}

/** Adds the options of a command that calls the REST API of a running Accord. */
export function withApi(command: Command): Command {
  return command
    .option('--api <url>', 'URL of the api; else ACCORD_API_URL, else http://127.0.0.1:8080')
    .option('--json', 'print the response as JSON');
}

export interface ApiOptions {
  api?: string;
  json?: boolean;
}

/** Calls an operation with the key of ACCORD_API_KEY, and returns its data. Throws with the api's own sentence when it refuses. */
export async function callApi<Data>(
  { api = process.env.ACCORD_API_URL ?? 'http://127.0.0.1:8080' }: ApiOptions,
  request: { method: 'GET' | 'POST'; path: string; query?: Record<string, string | undefined>; body?: object },
): Promise<Data> {
  const key = process.env.ACCORD_API_KEY;
  if (!key)
    throw new Error('ACCORD_API_KEY is not set: create a key with accord keys create <name> --scope sync:read sync:write');
  const url = new URL(request.path, api);
  for (const [name, value] of Object.entries(request.query ?? {})) if (value !== undefined) url.searchParams.set(name, value);
  const response = await fetch(url, {
    method: request.method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(request.body && { body: JSON.stringify(request.body) }),
    signal: AbortSignal.timeout(60_000),
  }).catch((error) => {
    throw new Error(`The api at ${url.origin} does not answer: start it, or set ACCORD_API_URL`, { cause: error });
  });
  const answer: { data?: Data } & Problem = JSON.parse(await response.text());
  if (!response.ok || answer.data === undefined) throw new Error(answer.detail ?? `The api answered with ${response.status}`);
  return answer.data;
}
