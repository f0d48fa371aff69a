import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { ask, readLines } from '#cli/ask.ts';
import { type ApiOptions, callApi, withApi } from '#cli/call-api.ts';
import { showColumns, showFact, showLine, showNote } from '#cli/screen.ts';
import { openLocalCallback } from './local-callback.ts';

interface Connection {
  account: string;
  name: string;
  state: string;
  source: string | null;
  advice: string | null;
  methods: ('oauth' | 'key')[];
  keyHelp: string | null;
  keyVariables: { name: string; label: string; isSecret: boolean }[];
  identity: { id: string; name: string | null } | null;
  checks: { isOk: boolean; message: string; fix: string | null }[] | null;
}

interface Authorization {
  id: string;
  state: 'waiting' | 'connected' | 'denied' | 'failed' | 'other-account' | 'expired';
  message: string | null;
}

interface ConnectOptions extends ApiOptions {
  key?: boolean;
  loopback?: boolean;
  replace?: boolean;
  check?: boolean;
}

/** `accord connect` */
export function connectCommand(): Command {
  return withApi(new Command('connect'))
    .description('connect an account at a vendor; without one, list the accounts and what to do')
    .argument('[account]', 'google, square, gohighlevel, calltools, or the key of a further account in accord.yaml')
    .option('--key', 'by a key that you paste, also where the vendor has an authorise page')
    .option('--loopback', 'let the browser come back to this machine, instead of to the api (Google: a desktop client)')
    .option('--replace', 'also if it is another account than the one whose records are linked')
    .option('--check', 'only check the account again')
    .action(connect);
}

/** `accord disconnect` */
export function disconnectCommand(): Command {
  return withApi(new Command('disconnect'))
    .description('forget the credentials of an account, and take the grant back at the vendor; records stay linked')
    .argument('<account>', 'the account')
    .action(async (account: string, options: ApiOptions) => {
      const result = await callApi<{ message: string }>(options, { method: 'DELETE', path: pathOf(account) });
      showLine(options.json ? JSON.stringify(result, null, 2) : `${account} is disconnected. ${result.message}`);
    });
}

const pathOf = (account: string): string => `/api/v1/connections/${encodeURIComponent(account)}`;

async function connect(account: string | undefined, options: ConnectOptions): Promise<void> {
  if (account === undefined) return list(options);
  const connection = await callApi<Connection>(options, { method: 'GET', path: pathOf(account) });
  if (options.check) return show(options, await callApi(options, { method: 'POST', path: `${pathOf(account)}/check` }));
  if (options.key || !connection.methods.includes('oauth')) return connectByKey(options, connection);
  await connectByPage(options, connection);
}

async function list(options: ConnectOptions): Promise<void> {
  const { connections } = await callApi<{ connections: Connection[] }>(options, { method: 'GET', path: '/api/v1/connections' });
  if (options.json) {
    showLine(JSON.stringify({ connections }, null, 2));
    return;
  }
  showColumns(
    ['account', 'state', 'connected to', ''],
    connections.map(({ account, state, source, identity, advice }) => {
      const who = identity === null ? '' : (identity.name ?? identity.id);
      return [account, state, source === 'environment' ? `${who} (environment)`.trim() : who, advice ?? ''];
    }),
  );
}

/** Keys come from the terminal without an echo, or from standard input: the list of processes shows arguments to everybody. */
async function connectByKey(options: ConnectOptions, connection: Connection): Promise<void> {
  const { account, keyVariables, keyHelp, advice, methods } = connection;
  if (!methods.includes('key')) throw new Error(advice ?? `${account} cannot be connected by a key`);
  const variables = process.stdin.isTTY ? await askFor(keyVariables, keyHelp) : await readVariables(keyVariables);
  const put = (replace: boolean) => {
    const query = { replace: replace ? 'true' : undefined };
    return callApi<Connection>(options, { method: 'PUT', path: pathOf(account), query, body: { variables } });
  };
  const connected = await put(options.replace === true).catch(async (error: Error) => {
    if (!/\?replace=true/.test(error.message) || !(await mayReplace(error.message))) throw error;
    return put(true);
  });
  show(options, connected);
}

async function askFor(variables: Connection['keyVariables'], help: string | null): Promise<Record<string, string>> {
  if (help !== null) showNote(help);
  const given: Record<string, string> = {};
  for (const { name, label, isSecret } of variables) given[name] = await ask(label, { isSecret });
  return given;
}

/** `NAME=value` per line; or only the values, in the order of the form. */
async function readVariables(variables: Connection['keyVariables']): Promise<Record<string, string>> {
  const lines = await readLines();
  const named = lines.map((line) => variables.find(({ name }) => line.startsWith(`${name}=`)));
  return Object.fromEntries(
    lines.map((line, index) => {
      const name = named[index]?.name;
      return name === undefined ? [variables[index]?.name ?? `line ${index + 1}`, line] : [name, line.slice(name.length + 1)];
    }),
  );
}

async function connectByPage(options: ConnectOptions, { account, name }: Connection): Promise<void> {
  const local = options.loopback ? await openLocalCallback() : null;
  try {
    const { id, authorizeUrl } = await callApi<{ id: string; authorizeUrl: string }>(options, {
      ...{ method: 'POST', path: `${pathOf(account)}/authorize`, query: { replace: options.replace ? 'true' : undefined } },
      body: local === null ? {} : { redirectUri: local.redirectUri },
    });
    // On standard error, so that `--json` prints nothing but JSON.
    console.error(`Open this page of ${name} in a browser, and allow the access:\n\n  ${authorizeUrl}\n`);
    const ended = await follow(options, id, local?.parameters ?? null);
    if (ended.state !== 'connected') throw new Error(ended.message ?? `${account} is not connected`);
    show(options, await callApi<Connection>(options, { method: 'GET', path: pathOf(account) }));
  } finally {
    local?.close();
  }
}

async function follow(
  options: ConnectOptions,
  id: string,
  parameters: Promise<Record<string, string>> | null,
): Promise<Authorization> {
  const path = `/api/v1/connections/authorizations/${id}`;
  if (parameters !== null) await callApi(options, { method: 'POST', path, body: { parameters: await parameters } });
  for (;;) {
    const authorization = await callApi<Authorization>(options, { method: 'GET', path });
    if (authorization.state === 'other-account' && (await mayReplace(authorization.message ?? ''))) {
      return callApi<Authorization>(options, { method: 'POST', path, body: { replace: true } });
    }
    if (authorization.state !== 'waiting') return authorization;
    await delay(1_000);
  }
}

/** False where nobody can be asked. */
async function mayReplace(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  showNote(question);
  return /^y(es)?$/i.test(await ask('Replace it? (yes/no)'));
}

function show({ json = false }: ConnectOptions, connection: Connection): void {
  if (json) {
    showLine(JSON.stringify(connection, null, 2));
    return;
  }
  const { account, state, checks, advice } = connection;
  for (const { isOk, message, fix } of checks ?? []) {
    if (isOk) showFact(message);
    else showNote(message);
    if (fix !== null) showLine(`      ${fix}`);
  }
  if (advice !== null) showNote(advice);
  showLine(`${account} is ${state}.`);
}
