import { Client, Connection } from '@temporalio/client';
import { callJson } from '#dev/call-json.ts';
import { type Stack, startStack } from '#dev/stack/stack.ts';
import { stackPaths } from '#dev/stack/stack-folder.ts';
import { type AccordYaml, openTemporaryFolder } from '#dev/stack/temporary-stack.ts';
import { waitUntil } from '#dev/wait-until.ts';
import { freePort } from '#free-port.ts';
import { isAlive } from '#test/setup/is-alive.ts';
import { parts } from './schedule.ts';

/** A stack of its own: every process apart from this one, on free ports, with temporary data. */
export interface Trial {
  stack: Stack;
  temporal: Client;
  /** Folder of data and logs. */
  directory: string;
  logs: string;
  /** Where a process serves its metrics. */
  metricsUrls: Record<'api' | 'worker', string>;
  /** Calls the API until it answers, for as long as a process may need to start again. Returns the answer. */
  call<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T>;
  /** As `call`. Returns `data` of the answer. */
  ask<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T>;
  untilUp(): Promise<void>;
  /** Stops everything. Removes the data, unless `keep` is set. */
  close(options: { keep: boolean }): Promise<void>;
}

interface TrialOptions {
  say(line: string): void;
}

/** A vendor repeats a webhook after minutes: in a trial, after seconds. */
const webhookRetryTimeScale = 60;

export async function openTrial({ say }: TrialOptions): Promise<Trial> {
  const folder = await openTemporaryFolder('accord-trial', changeConfig);
  const { directory, state } = folder;
  const workerMetrics = `127.0.0.1:${await freePort()}`;
  const env = { ACCORD_CONFIG: folder.config, LOG_LEVEL: 'warn', WORKER_METRICS_ADDRESS: workerMetrics };
  // A part is killed again before a minute is over.
  const supervision = { say, started() {}, onProcess() {}, stableAfterMs: 2_000 };
  try {
    const stack = await startStack({ directory, state, env, fill: prepareVendors, ...supervision });
    const connection = await Connection.connect({ address: stack.temporal });
    return {
      ...{ stack, directory, logs: stackPaths(directory).logs, temporal: new Client({ connection }) },
      metricsUrls: { api: `${stack.api}/metrics`, worker: `http://${workerMetrics}/metrics` },
      call: (method, path, body) => call(stack, { method, path, body }),
      ask: async <T>(...request: Parameters<Trial['ask']>) => {
        const [method, path, body] = request;
        return (await call<{ data: T }>(stack, { method, path, body })).data;
      },
      untilUp: () => untilUp(stack, connection),
      async close({ keep }) {
        await connection.close();
        await stack.stop();
        await (keep ? folder.keep() : folder.remove());
      },
    };
  } catch (error) {
    await folder.keep();
    throw error;
  }
}

/** Accounts are live, forms take what visitors of one address send, and passes run when the trial asks for them. */
function changeConfig(config: AccordYaml): void {
  config.newAccounts = 'live';
  config.schedules = { reconcile: '0 0 29 2 *', poll: { google: '* * * * *', calltools: '* * * * *' } };
  // As docs/operating.md advises: a contact whose create was not answered is found by it, whatever people make of it meanwhile.
  config.accounts.gohighlevel.referenceField = referenceField;
  config.accounts.webform.forms.contact.rateLimit = { submissions: 10_000, minutes: 1 };
}

const referenceField = 'accord-reference';

async function prepareVendors({ gohighlevel, square }: Stack['sandboxes']): Promise<void> {
  const customFields = [{ id: referenceField, name: 'Accord Id', dataType: 'TEXT' }];
  await callJson(`${gohighlevel.control}/records`, { method: 'POST', body: { customFields } });
  for (const { control } of [gohighlevel, square])
    await callJson(`${control}/settings`, { method: 'PATCH', body: { webhookRetryTimeScale } });
}

interface ApiCall {
  method: 'GET' | 'POST';
  path: string;
  body: object | undefined;
}

async function call<T>({ api, apiKey }: Stack, { method, path, body }: ApiCall): Promise<T> {
  let answer: T | undefined;
  const headers = { authorization: `Bearer ${apiKey}` };
  const check = async () => {
    answer = await callJson<T>(api + path, { method, headers, ...(body !== undefined && { body }) });
  };
  await waitUntil(`${method} ${path}`, check, { timeoutMs: 60_000, everyMs: 250 });
  return answer as T;
}

async function untilUp({ processes, api }: Stack, connection: Connection): Promise<void> {
  await waitUntil(
    'all processes to run',
    async () => {
      const ended = processes.filter(({ name, pid }) => parts.some((part) => part === name) && !isAlive(pid));
      if (ended.length > 0) throw new Error(ended.map(({ name }) => name).join());
      if (!(await fetch(`${api}/readyz`)).ok) throw new Error('The api is not ready');
      await connection.workflowService.getSystemInfo({});
    },
    { timeoutMs: 120_000, everyMs: 250 },
  );
}
