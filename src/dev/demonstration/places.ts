import { loadConfig } from '#config.ts';
import { callJson } from '#dev/call-json.ts';
import { builtIn } from '#dev/stack/integrations.ts';
import { stackRules } from '#dev/stack/stack-environment.ts';
import type { SampleEdit, Sandbox, SandboxAddress } from '#sandbox/core/define-sandbox.ts';
import type { Person, PersonEdit } from '#sandbox/core/people.ts';

/** One vendor as a person uses it in the vendor's own pages: through the sandbox's control routes, without a call of the API. */
export interface Place {
  /** The provider's id. */
  id: string;
  title: string;
  /** False for an audience target, which holds only the people that the audiences of accord.yaml place there. */
  isMember: boolean;
  /** True where Accord polls for changes, because the vendor does not push them. */
  isPolled: boolean;
  samples: Sandbox['samples'];
  sampleEdit: SampleEdit | undefined;
  /** The people with this email address; everybody without one. */
  find(email?: string): Promise<Person[]>;
  /** Creates or changes people. Returns their ids. */
  save(people: PersonEdit[], options?: { webhooks: boolean }): Promise<string[]>;
  /** Stops the vendor's webhooks. Returns a function that starts them again. */
  pauseWebhooks(): Promise<() => Promise<void>>;
}

/** The places of a stack, in the order of `sandboxes`. `audienceTargets` are provider ids. */
export function openPlaces(
  accounts: Readonly<Record<string, SandboxAddress>>,
  { audienceTargets, signal }: { audienceTargets: readonly string[]; signal: AbortSignal },
  { sandboxes, providers } = builtIn,
): Place[] {
  return sandboxes.flatMap(({ id, title, samples, sampleEdit }) => {
    const account = accounts[id];
    if (!account) return [];
    const isPolled = providers.some((provider) => provider.id === id && provider.pollSchedule !== undefined);
    const facts = { id, title, isMember: !audienceTargets.includes(id), isPolled, samples, sampleEdit };
    return [{ ...facts, ...openPages(account, signal) }];
  });
}

/** The ids of the providers that the audiences of the stack's accord.yaml place contacts at. */
export function readAudienceTargets({ providers } = builtIn): string[] {
  const { audiences } = loadConfig({ env: stackRules(), providers });
  return audiences.flatMap((audience) => Object.keys(audience.then));
}

function openPages({ control }: SandboxAddress, signal: AbortSignal): Pick<Place, 'find' | 'save' | 'pauseWebhooks'> {
  const call = <T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object) =>
    callJson<T>(`${control}/${path}`, { method, signal, ...(body && { body }) });
  return {
    async find(email) {
      const query = email === undefined ? '' : `?${new URLSearchParams({ email })}`;
      return (await call<{ people: Person[] }>('GET', `people${query}`)).people;
    },
    async save(people, { webhooks } = { webhooks: true }) {
      return (await call<{ ids: string[] }>('POST', 'people', { people, webhooks })).ids;
    },
    async pauseWebhooks() {
      const { targets } = await call<{ targets: string[] }>('GET', 'webhooks');
      await call('PUT', 'webhooks', { targets: [] });
      // Also after an abort: the webhooks must not stay off.
      return () => callJson(`${control}/webhooks`, { method: 'PUT', body: { targets } });
    },
  };
}

/** The person with this email address. Throws when the place has none. */
export async function getPerson({ title, find }: Place, email: string): Promise<Person> {
  const [person] = await find(email);
  if (!person) throw new Error(`The ${title} sandbox has no contact with the email address ${email}. Start over with --fresh.`);
  return person;
}
