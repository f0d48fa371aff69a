import { basePath } from '#admin/rest/base-path.ts';
import { RestError } from '#admin/rest/client.ts';

// The routes of sandboxes exist under `npm start` only, so docs/openapi.yaml does not have them.

export interface Sandbox {
  id: string;
  title: string;
}

export interface Person {
  id: string;
  givenName?: string;
  familyName?: string;
  phones: string[];
  emails: string[];
  note?: string;
  lists?: string[];
  doNotCall?: boolean;
}

/** A person in all sandboxes, recognised by the email address. */
export interface Across {
  email: string;
  in: Record<string, Person>;
}

export interface Sighting {
  sandbox: string;
  email: string;
  person: Person | null;
  /** Milliseconds since 1970, by the clock of Accord. */
  at: number;
}

export interface Change {
  givenName?: string | null;
  familyName?: string | null;
  phone?: string | null;
  addTags?: string[];
  doNotCall?: boolean;
}

const root = `${basePath}/api/v1/sandboxes`;

export const readSandboxes = () => call<{ sandboxes: Sandbox[] }>(root);

export const readAcross = (q: string) => call<{ people: Across[] }>(`${root}/people?${new URLSearchParams({ q })}`);

/** Makes an edit in a vendor's own pages. Returns when it was made. */
export const editPerson = (sandbox: string, body: { id: string; email: string; change: Change }) =>
  call<{ at: number }>(`${root}/${encodeURIComponent(sandbox)}/people`, body);

export const eventsUrl = (emails: readonly string[]) => `${root}/events?${new URLSearchParams({ emails: emails.join(',') })}`;

async function call<Data>(url: string, body?: object): Promise<Data> {
  const headers = { 'X-Accord-Admin': '1', 'content-type': 'application/json' };
  const options = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers };
  const response = await fetch(url, options).catch(() => null);
  if (response?.ok) return ((await response.json()) as { data: Data }).data;
  const problem: { detail?: string } = response ? await response.json().catch(() => ({})) : {};
  throw new RestError({
    status: response?.status ?? 0,
    code: 'live',
    detail: problem.detail ?? 'Accord does not answer. It may be starting again.',
  });
}
