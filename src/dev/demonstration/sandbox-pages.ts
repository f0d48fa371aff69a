import { callJson, type JsonCall } from '#dev/call-json.ts';
import type { SandboxAccounts } from '#dev/stack/sandboxes.ts';

/** What a person sees and does in the vendors' own pages, by way of the sandboxes' control routes: it costs no call of any account. */
export interface SandboxPages {
  /** Those with this email address; everybody without one. */
  find<Id extends keyof SandboxRecords>(id: Id, email?: string): Promise<SandboxRecords[Id][]>;
  /** Throws when there is nobody with this email address. */
  get<Id extends keyof SandboxRecords>(id: Id, email: string): Promise<SandboxRecords[Id]>;
  change(id: keyof SandboxAccounts, body: object): Promise<unknown>;
  /** The dialer's contact with this number, and the names of the buckets that it is in. */
  findInDialer(e164: string): Promise<{ contact: SandboxRecords['calltools']; buckets: string[] } | null>;
}

/** The parts that the demonstration looks at, as the vendors write them. */
export interface SandboxRecords {
  gohighlevel: {
    id: string;
    firstName?: string;
    lastName?: string;
    phone?: string;
    dnd?: boolean;
    dndSettings?: { Call?: { status?: string } };
  };
  calltools: { id: number; first_name: string; last_name: string; buckets: number[] };
  square: { id: string; given_name?: string; family_name?: string; phone_number?: string };
  google: {
    resourceName: string;
    names?: { givenName?: string; familyName?: string }[];
    phoneNumbers?: { value: string; canonicalForm?: string }[];
  };
}

export function openSandboxPages(accounts: SandboxAccounts, signal: AbortSignal): SandboxPages {
  async function find<Id extends keyof SandboxRecords>(id: Id, email?: string): Promise<SandboxRecords[Id][]> {
    const query = new URLSearchParams({ limit: '100000', ...(email === undefined ? {} : { email }) });
    const { contacts, customers, people } = await callJson<Record<string, SandboxRecords[Id][]>>(
      `${accounts[id].control}/records?${query}`,
      { signal },
    );
    return contacts ?? customers ?? people ?? [];
  }

  return {
    find,
    async get(id, email) {
      const [found] = await find(id, email);
      if (!found) throw new Error(`The sandbox ${id} has no ${email}: start over with --fresh`);
      return found;
    },
    change: (id, body) => callJson(`${accounts[id].control}/records`, { method: 'POST', body, signal }),
    findInDialer: (e164) => findInDialer(accounts, e164, { signal }),
  };
}

/** Its control routes show all contacts or none: the vendor's filter is quicker. */
async function findInDialer({ calltools: { url, token } }: SandboxAccounts, e164: string, call: JsonCall) {
  const headers = { authorization: `Token ${token}` };
  const list = <T>(path: string) => callJson<{ results: T[] }>(`${url}/${path}`, { ...call, headers });
  const [contacts, buckets] = await Promise.all([
    list<SandboxRecords['calltools']>(`contacts/?phone_number=${encodeURIComponent(e164)}`),
    list<{ id: number; name: string }>('buckets/'),
  ]);
  const [contact] = contacts.results;
  if (!contact) return null;
  return { contact, buckets: buckets.results.filter(({ id }) => contact.buckets.includes(id)).map(({ name }) => name) };
}
