import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection, ServiceError } from '@temporalio/client';
import { getTemporalExecutable } from '#dev/temporal/temporal-executable.ts';
import {
  createSearchAttributeCheck,
  explainMissing,
  findMissingSearchAttributes,
  registerSearchAttributes,
} from '#search-attributes.ts';
import { retryNowSignal } from '#workflows/messages.ts';
import { searchAttributes } from '#workflows/search-attributes.ts';
import { type Accord, control, type Sandboxes, startAccord, startSandboxes } from './setup/accord.ts';
import { eventually } from './setup/eventually.ts';
import { createLead, inDialer } from './setup/people.ts';

const names = ['SyncStatus', 'ParkedProviders', 'WebhookBreaker', 'LastErrorType', 'AccordExternalId'];
const address = process.env.ACCORD_TEST_TEMPORAL_ADDRESS ?? '';
let connection: Connection;
beforeAll(async () => {
  connection = await Connection.connect({ address });
});
afterAll(() => connection.close());

/** A new namespace of the real server, which has none of our search attributes. */
async function emptyNamespace(name: string): Promise<Client> {
  const namespace = `${name}-${process.pid}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  const client = new Client({ connection, namespace });
  // The server learns of a namespace within a second or two.
  await eventually(() => client.workflow.count());
  return client;
}

async function addAttributes({ options }: Client, searchAttributes: Record<string, number>): Promise<void> {
  await connection.operatorService.addSearchAttributes({ namespace: options.namespace, searchAttributes });
}

/** The same namespace on a server such as Temporal Cloud, whose operator API refuses clients. */
function refusingOperator(client: Client, code: number): Client {
  const addSearchAttributes = () => Promise.reject(new ServiceError('refused', { cause: Object.assign(new Error(), { code }) }));
  const refusing = Object.create(client.connection, { operatorService: { value: { addSearchAttributes } } });
  return new Client({ connection: refusing, namespace: client.options.namespace });
}

describe('registerSearchAttributes', () => {
  it('adds the attributes to a namespace that has none, once', async () => {
    const client = await emptyNamespace('attributes');
    expect(await registerSearchAttributes(client)).toEqual({ added: names, refused: [] });
    await eventually(async () => expect(await findMissingSearchAttributes(client)).toEqual([]));
    expect(await registerSearchAttributes(client)).toEqual({ added: [], refused: [] });
  });

  it.each([
    ['PERMISSION_DENIED', 7],
    ['UNIMPLEMENTED', 12],
  ])('names those that it may not add, where the operator API answers %s', async (_, code) => {
    const client = refusingOperator(await emptyNamespace(`refused-${code}`), code);
    expect(await registerSearchAttributes(client)).toEqual({ added: [], refused: names });
  });

  it('fails when the server is not reachable', async () => {
    const client = refusingOperator(await emptyNamespace('unavailable'), 14);
    await expect(registerSearchAttributes(client)).rejects.toThrow('refused');
  });
});

describe('explainMissing', () => {
  it('gives the commands for Temporal Cloud and for any other server', () => {
    expect(explainMissing(['SyncStatus', 'ParkedProviders'], 'shop.a1b2c').split('\n').slice(1)).toEqual([
      '  tcld namespace search-attributes add --namespace shop.a1b2c --search-attribute "SyncStatus=Keyword" --search-attribute "ParkedProviders=KeywordList"',
      '  temporal operator search-attribute create --namespace shop.a1b2c --name SyncStatus --type Keyword --name ParkedProviders --type KeywordList',
    ]);
  });
});

/** The commands of docs/operating.md, with the server and namespace of the test. */
async function runDocumented(namespace: string): Promise<string[]> {
  const [, section = ''] = readFileSync('docs/operating.md', 'utf8').split("## Temporal's Web UI");
  const commands = section.match(/^temporal workflow .*$/gm) ?? [];
  const { path } = await getTemporalExecutable();
  const run = promisify(execFile);
  for (const command of commands) {
    const line = `"${path}"${command.slice('temporal'.length)} --address ${address} --namespace ${namespace}`;
    // The server refuses a batch while an earlier one of the namespace runs.
    await eventually(() => run('sh', ['-c', line]));
  }
  return commands;
}

let sandboxes: Sandboxes;
beforeAll(async () => {
  sandboxes = await startSandboxes();
});
afterAll(() => Promise.all(Object.values(sandboxes).map((sandbox) => sandbox.close())));

/** A lead whose dialer lane is parked by a wrong API key, and the function that corrects the key. */
async function parkLead(accord: Accord) {
  const { tokens } = sandboxes.calltools.settings.current as { tokens: object };
  await control(sandboxes.calltools, 'PATCH', 'settings', { tokens: { another: [] } });
  const { id, phone } = await createLead(accord);
  const contactId = await eventually(() => accord.contactIdOf(id));
  const dialer = async () => (await accord.syncState(contactId)).lanes.find(({ provider }) => provider === 'calltools');
  await eventually(async () => expect((await dialer())?.status).toBe('parked'));
  return { contactId, phone, correctKey: () => control(sandboxes.calltools, 'PATCH', 'settings', { tokens }) };
}

describe('a namespace without search attributes', () => {
  it('parks a contact and recovers it all the same, unlisted', async () => {
    const { options } = await emptyNamespace('unlisted');
    const accord = await startAccord({ sandboxes, namespace: options.namespace });
    try {
      const { contactId, phone, correctKey } = await parkLead(accord);
      await correctKey();
      await accord.workflowOf(contactId).signal(retryNowSignal);
      await eventually(async () => expect(await inDialer(accord, phone)).toHaveLength(1));
      const { typedSearchAttributes } = await accord.workflowOf(contactId).describe();
      expect(typedSearchAttributes.get(searchAttributes.syncStatus)).toBeUndefined();
    } finally {
      await accord.close();
    }
  });

  it('is used for what it has: states are listed where only the ids of records are missing', async () => {
    const client = await emptyNamespace('older');
    await addAttributes(client, { SyncStatus: 2, ParkedProviders: 7, WebhookBreaker: 2, LastErrorType: 2 });
    await eventually(async () => expect(await findMissingSearchAttributes(client)).toEqual(['AccordExternalId']));
    expect(await createSearchAttributeCheck(client)()).toEqual({ states: true, externalIds: false });
  });

  it('is checked again after a minute, and a yes is remembered', async () => {
    const client = await emptyNamespace('later');
    let now = 0;
    const exist = createSearchAttributeCheck(client, () => now);
    expect(await exist()).toEqual({ states: false, externalIds: false });
    await registerSearchAttributes(client);
    await eventually(async () => expect(await findMissingSearchAttributes(client)).toEqual([]));
    expect(await exist()).toEqual({ states: false, externalIds: false });
    now = 60_000;
    expect(await exist()).toEqual({ states: true, externalIds: true });
  });
});

it('the queries of docs/operating.md are valid, and its bulk retry wakes the parked contacts', async () => {
  const client = await emptyNamespace('queries');
  await registerSearchAttributes(client);
  await eventually(async () => expect(await findMissingSearchAttributes(client)).toEqual([]));
  const accord = await startAccord({ sandboxes, namespace: client.options.namespace });
  try {
    const { contactId, phone, correctKey } = await parkLead(accord);
    const query = 'SyncStatus = "Parked" AND ParkedProviders = "calltools"';
    await eventually(async () => expect((await client.workflow.count(query)).count).toBe(1));
    await correctKey();
    expect(await runDocumented(client.options.namespace)).toHaveLength(9);
    await eventually(async () => expect(await inDialer(accord, phone)).toHaveLength(1));
    await accord.workflowOf(contactId).result();
  } finally {
    await accord.close();
  }
});
