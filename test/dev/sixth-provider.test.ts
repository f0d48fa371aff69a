import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '#config.ts';
import { planEdits } from '#dev/demonstration/edits.ts';
import { countHeads } from '#dev/demonstration/head-count.ts';
import { plainPeople } from '#dev/demonstration/people.ts';
import { openPlaces, type Place, readAudienceTargets } from '#dev/demonstration/places.ts';
import { maxSampleContacts } from '#dev/demonstration/sample-contacts.ts';
import { builtIn } from '#dev/stack/integrations.ts';
import { type AccountsOf, readSandboxAccounts, sandboxEnvironment } from '#dev/stack/sandboxes.ts';
import { stackEnvironment } from '#dev/stack/stack-environment.ts';
import { chooseStackPorts } from '#dev/stack/stack-ports.ts';
import { readStackState, type StackState, writeStackState } from '#dev/stack/stack-state.ts';
import { toUpFile } from '#dev/stack/up-file.ts';
import { freePort } from '#free-port.ts';
import type { Person } from '#sandbox/core/people.ts';
import type { RunningSandbox } from '#sandbox/core/sandbox.ts';
import { sandboxes as builtInSandboxes } from '#sandbox/index.ts';
import { parseConfig } from '#sandbox/main-config.ts';
import { startSandboxes } from '#sandbox/start-sandboxes.ts';
import { type Accord, control, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { edit, findPeople } from '#test/setup/hub.ts';
import { nextPhone } from '#test/setup/people.ts';
import { cardFile } from './card-file/provider.ts';
import { cardFileSandbox } from './card-file/sandbox.ts';

/** Accord's own providers and one more. No file but this one puts it into a list, as its line in an `index.ts` would. */
const sandboxes = [...builtInSandboxes, cardFileSandbox] as const;
const integrations = { providers: [...builtIn.providers, cardFile], sandboxes };

const api = 'http://127.0.0.1:8099';
const addresses = {
  ...{ api, database: 'postgres://127.0.0.1/accord' },
  ...{ temporal: '127.0.0.1:7233', temporalUi: 'http://127.0.0.1:8233' },
};

describe('the stack of a sixth provider', () => {
  let directory: string;
  let ports: StackState['ports'];
  let running: RunningSandbox<object>[] = [];
  let accounts: AccountsOf<typeof sandboxes>;
  let places: Place[];
  const environment = () => stackEnvironment(addresses, accounts, Buffer.alloc(32).toString('base64'), integrations);
  const configuration = () => sandboxEnvironment({ ports, dataDirectory: join(directory, 'sandboxes'), api }, integrations);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'accord-sixth-'));
    const { state } = await readStackState(directory, integrations);
    ports = { ...state.ports };
    for (const { id } of sandboxes) ports[id] = await freePort();
    running = await startSandboxes(parseConfig(configuration(), undefined, sandboxes), sandboxes);
    accounts = await readSandboxAccounts(ports, sandboxes);
    const { signal } = new AbortController();
    places = openPlaces(accounts, { audienceTargets: readAudienceTargets(integrations), signal }, integrations);
  });
  afterAll(async () => {
    await Promise.all(running.map((sandbox) => sandbox.close()));
    await rm(directory, { recursive: true, force: true });
    delete process.env.CARDFILE_API_KEY;
  });

  it('keeps a port for its sandbox, also in a folder of an earlier release', async () => {
    const { state } = await readStackState(directory);
    expect(state.ports).not.toHaveProperty('cardfile');
    await writeStackState(directory, state);
    expect((await readStackState(directory, integrations)).state.ports).toEqual({ ...state.ports, cardfile: 4199 });
  });

  it('replaces a taken port and names the sandbox', async () => {
    const said: string[] = [];
    const wanted: StackState['ports'] = { ...ports, api: await freePort() };
    for (const { id } of sandboxes) wanted[id] = await freePort();
    const server = await holdPort(Number(wanted.cardfile));
    const chosen = await chooseStackPorts(wanted, (line) => said.push(line), integrations);
    server.close();
    expect(said.filter((line) => line.includes('Card File'))).toEqual([
      `Port ${wanted.cardfile} is taken. The Card File sandbox uses ${chosen.cardfile}.`,
    ]);
  });

  it('connects Accord to its sandbox', () => {
    const env = environment();
    const config = loadConfig({ env, need: ['database', 'encryptionKey'], providers: integrations.providers });
    expect(config.notConnected).toEqual([]);
    expect(config.accounts.cardfile?.secrets).toMatchObject({ CARDFILE_BASE_URL: accounts.cardfile.url });
    const { targets } = running.find(({ id }) => id === 'cardfile')?.webhooks.control() ?? {};
    expect(targets).toEqual([`${api}/webhooks/cardfile`]);
  });

  it('inherits no variable of a real account', () => {
    process.env.CARDFILE_API_KEY = 'real';
    expect(Object.values({ ...environment(), ...configuration() })).not.toContain('real');
    expect(stackEnvironment(addresses, accounts, '')).toHaveProperty('CARDFILE_API_KEY');
  });

  it('shows its sandbox in up.json', () => {
    const stack = { ...addresses, sandboxes: accounts, apiKey: 'accord_key', processes: [] };
    expect(toUpFile(stack, integrations).sandboxes).toMatchObject({
      square: { merchantId: 'MLSANDBOXMERCHANT' },
      cardfile: { url: accounts.cardfile.url, control: `${accounts.cardfile.url}/_sandbox`, token: 'card-file-token' },
    });
  });

  it('edits its people in the demonstration, and expects the edits of others there', async () => {
    const people = plainPeople(maxSampleContacts).map(({ givenName, familyName, email, phone }) => ({
      givenName,
      familyName,
      email,
      phone,
    }));
    const members = places.filter(({ isMember }) => isMember);
    await Promise.all(members.map((place) => place.save(people, { webhooks: false })));
    expect((await countHeads(places, people.length)).members).toContainEqual({ title: 'Card File', people: people.length });

    const plan = planEdits({ api, places: members, contacts: maxSampleContacts, nth: 0, signal: new AbortController().signal });
    const edits = await Promise.all(plan.map((prepare) => prepare()));
    const arrivals = new Map(edits.map(({ at, arrivals }) => [at, arrivals.map(({ where }) => where)]));
    expect(arrivals.get('Card File')).toEqual(['GoHighLevel', 'Square', 'Google']);
    expect(arrivals.get('Square')).toEqual(['GoHighLevel', 'Google', 'Card File']);
    expect(arrivals.get('Web form')).toEqual(['GoHighLevel', 'Square', 'Google', 'Card File']);
  });
});

describe('the sync of a sixth provider', () => {
  let accord: Accord;
  beforeAll(async () => {
    accord = await startAccord({ integrations, providers: ['gohighlevel', 'cardfile'], audiences: [] });
  });
  afterAll(() => accord.close());

  const box = () => new Map<string, RunningSandbox<object>>(Object.entries(accord.sandboxes)).get('cardfile');
  const cards = async (phone: string): Promise<Person[]> => {
    const sandbox = box();
    if (!sandbox) throw new Error('The sandbox is not running.');
    return (await control<{ people: Person[] }>(sandbox, 'GET', `people?phone=${encodeURIComponent(phone)}`)).people;
  };

  it('brings a contact there, and a change back by its webhook', async () => {
    const phone = nextPhone();
    await edit(accord, 'gohighlevel', { givenName: 'Ada', familyName: 'Lovelace', phone });
    const [card] = await eventually(async () => {
      const found = await cards(phone);
      expect(found).toMatchObject([{ givenName: 'Ada', familyName: 'Lovelace' }]);
      return found;
    });
    const sandbox = box();
    if (sandbox) await control(sandbox, 'POST', 'people', { people: [{ id: card?.id, familyName: 'King' }] });
    await eventually(async () => expect(await findPeople(accord, 'gohighlevel', phone)).toMatchObject([{ familyName: 'King' }]));
    expect(await cards(phone)).toHaveLength(1);
  });
});

function holdPort(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}
