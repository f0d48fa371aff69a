import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { type ObserveResult, observeRecord } from '#activities/contact/observe-record.ts';
import { type PushResult, pushRecord } from '#activities/contact/push-record.ts';
import type { ActivityDeps } from '#activities/deps.ts';
import { findContact, type StoredContact } from '#db/contacts/contacts.ts';
import { claimLink, getLink, type Link, listLinks } from '#db/contacts/links.ts';
import type { ContactChanged } from '#domain/sync/contact-changed.ts';
import type { ProviderClient } from '#providers/provider.ts';
import { sandboxes } from '#sandbox/index.ts';
import { type Accord, type AccordOptions, control, startAccord } from '#test/setup/accord.ts';
import { edit, findPeople, type Member, members, type Person, type PersonEdit } from '#test/setup/hub.ts';
import { nextPhone } from '#test/setup/people.ts';

/** A record, and the link and contact that were claimed for it. */
export interface Claimed {
  id: string;
  linkId: string;
  contactId: string;
}

type Given = Claimed & { phone: string };

type SandboxName = Member | 'calltools';

/** Three members and a dialer, without webhooks and workflows: the test decides every read and write, and the time. */
export function useHub(options: AccordOptions = {}) {
  let accord: Accord;
  let deps: ActivityDeps;
  let aheadMs = 0;
  const announced: ({ contactId: string } & ContactChanged)[] = [];
  beforeAll(async () => {
    accord = await startAccord({
      ...{ workersInside: false, providers: ['gohighlevel', 'calltools', 'square', 'google'], goneAfterSeconds: 120 },
      ...options,
    });
    await makeQuick(accord);
    deps = {
      ...accord.deps,
      now: () => new Date(Date.now() + aheadMs),
      signalContact: async (contactId, changed) => {
        announced.push({ contactId, ...changed });
      },
    };
  });
  beforeEach(() => {
    aheadMs = 0;
    announced.length = 0;
  });
  afterAll(() => accord.close());

  const hub = {
    get accord(): Accord {
      return accord;
    },
    get deps(): ActivityDeps {
      return deps;
    },
    /** Signals to workflows, oldest first. */
    announced,

    /** Advances Accord's clock. */
    wait(seconds: number): void {
      aheadMs += seconds * 1_000;
    },

    /** Claims the link of a record, as ingress or a full pass does. */
    async claim(provider: SandboxName, id: string): Promise<Claimed> {
      const { accountId } = accord.clients[provider];
      const link = await claimLink(accord.db, { provider, accountId, externalId: id });
      return { id, linkId: link.id, contactId: link.contact_id };
    },

    /** A new person whose record is claimed and not read yet. */
    async unread(member: Member, change: PersonEdit = {}): Promise<Given> {
      const person = { givenName: 'Ada', familyName: 'Lovelace', phone: nextPhone(), ...change };
      return { ...(await hub.claim(member, await edit(accord, member, person))), phone: person.phone as string };
    },

    /** A new person whose record is read. */
    async read(member: Member, change: PersonEdit = {}): Promise<Given & { result: ObserveResult }> {
      const claimed = await hub.unread(member, change);
      const result = await hub.observe(claimed);
      return { ...claimed, contactId: result.contactId, result };
    },

    /** A person in step at all three members, with the link at each. */
    async everywhere(change: PersonEdit = {}, from: Member = 'gohighlevel') {
      const email = `${nextPhone().slice(1)}@example.com`;
      const { contactId, result } = await hub.read(from, { email, ...change });
      await hub.settle(contactId, result.outOfStep);
      const links = Object.fromEntries(await Promise.all(members.map(async (each) => [each, await hub.link(contactId, each)])));
      return { contactId, email, links: links as Record<Member, Link> };
    },

    edit: (member: Member, change: PersonEdit, id?: string | null) => edit(accord, member, change, id ?? undefined),
    lookUp: (member: Member, key: string): Promise<Person[]> => findPeople(accord, member, key),
    records: <T>(name: SandboxName, change: object) => control<T>(accord.sandboxes[name], 'POST', 'records', change),

    observe: ({ linkId }: Pick<Claimed, 'linkId'>, other: ActivityDeps = deps) =>
      observeRecord(other, { linkId, cause: 'test' }, {}),

    push: (contactId: string, provider: string, { with: other = deps, owner = 'test' } = {}): Promise<PushResult> =>
      pushRecord(other, { contactId, provider, cause: 'test', owner }, {}),

    /** Pushes until every provider is in step, as the lanes of a workflow do. */
    async settle(contactId: string, outOfStep: readonly string[]): Promise<void> {
      const todo = [...outOfStep];
      for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
        todo.push(...(await hub.push(contactId, next)).outOfStep.filter((each) => !todo.includes(each)));
      }
    },

    /** Reads a record and pushes to the others until they are in step. */
    async take(link: Pick<Claimed, 'linkId'>): Promise<ObserveResult> {
      const result = await hub.observe(link);
      await hub.settle(result.contactId, result.outOfStep);
      return result;
    },

    contact: async (id: string): Promise<StoredContact> => (await findContact(accord.db, id)) as StoredContact,
    linkById: (id: string): Promise<Link> => getLink(accord.db, id),
    links: (contactId: string): Promise<Link[]> => listLinks(accord.db, contactId),
    /** The live link, else the newest. */
    async link(contactId: string, provider: string): Promise<Link> {
      const own = (await listLinks(accord.db, contactId)).filter((link) => link.provider === provider);
      return (own.findLast(({ state }) => state !== 'detached') ?? own.at(-1)) as Link;
    },

    history: (contactId: string) =>
      accord.db
        .selectFrom('contact_history')
        .select(['id', 'kind', 'actor', 'provider', 'field', 'before', 'after', 'losing'])
        .where('contact_id', '=', contactId)
        .orderBy('id')
        .execute(),

    candidates: (contactId: string) =>
      accord.db
        .selectFrom('match_candidate')
        .selectAll()
        .where(({ or, eb }) => or([eb('contact_id', '=', contactId), eb('other_contact_id', '=', contactId)]))
        .execute(),

    /** Advances a vendor's clock. */
    clock: (name: SandboxName, seconds: number) =>
      control(accord.sandboxes[name], 'POST', 'clock', { advanceMs: seconds * 1_000 }),

    fault: (name: SandboxName, what: object) => control(accord.sandboxes[name], 'POST', 'faults', { times: 1, ...what }),

    /** The same dependencies with a wrapped client. */
    depsWith(provider: string, wrap: (client: ProviderClient) => Partial<ProviderClient>): ActivityDeps {
      const connected = deps.providers.get(provider) as NonNullable<ReturnType<ActivityDeps['providers']['get']>>;
      const client = { ...connected.client, ...wrap(connected.client) };
      return { ...deps, providers: new Map([...deps.providers, [provider, { ...connected, client }]]) };
    },

    /** The requests that a sandbox received while `work` ran, such as `PUT /v2/customers/*`. */
    async calls(name: SandboxName, work: () => Promise<unknown>): Promise<string[]> {
      const sandbox = accord.sandboxes[name];
      const before = sandbox.requests().at(-1)?.sequence ?? 0;
      await work();
      return sandbox
        .requests(before)
        .filter(({ path }) => !/token/.test(path))
        .map(({ method, path }) => `${method} ${path.split('?')[0]}`);
    },
  };
  return hub;
}

/** Removes lags, quotas and webhooks. */
async function makeQuick({ sandboxes: running }: Accord): Promise<void> {
  for (const { id, presets } of sandboxes) {
    await control(running[id], 'PATCH', 'settings', { ...presets.unlimited, ...presets.immediate });
    await control(running[id], 'PUT', 'webhooks', { drop: true });
  }
}
