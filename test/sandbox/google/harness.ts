import { type GoogleSettings, googleSandbox } from '#sandbox/google/index.ts';
import { call } from '#test/sandbox/core/http.ts';

/** The mask of a sync. */
export const mask = 'names,emailAddresses,phoneNumbers,addresses,organizations,biographies,memberships,clientData,metadata';

/** Query parameters of a listing. */
type Query = Record<string, string | number | boolean | string[]>;

/** Starts a sandbox on a free port. Quotas and delays are off unless `settings` sets them. */
export async function startHarness(settings: Partial<GoogleSettings> = {}) {
  const many = 1_000_000;
  const quotas = { criticalReadsPerMinute: many, criticalWritesPerMinute: many, groupReadsPerMinute: many };
  const quick = { ...quotas, writeRequestsPerMinute: many, fullSyncsPerMinute: many, dailyContactWrites: many };
  const sandbox = await googleSandbox.start({
    settings: { ...quick, propagationDelayMs: 0, searchWarmUpMs: 0, ...settings },
  });
  const headers = { authorization: `Bearer ${sandbox.settings.current.accessToken}` };
  const api = (method: string, path: string, body?: unknown) => call(method, `${sandbox.url}/v1/${path}`, body, headers);
  const control = (method: string, path: string, body?: unknown) => call(method, `${sandbox.controlUrl}/${path}`, body);
  const list = (query: Query = {}) => api('GET', `people/me/connections?${toQuery({ personFields: mask, ...query })}`);

  return {
    ...{ sandbox, headers, api, control, list, close: () => sandbox.close() },
    set: (knobs: Partial<GoogleSettings>) => sandbox.settings.patch(knobs),
    advance: (milliseconds: number) => sandbox.clock.advance(milliseconds),
    reset: () => control('POST', 'reset'),
    /** Changes records as a user of Google Contacts. */
    people: async (change: unknown) => (await control('POST', 'records', change)).json,

    get: async (name: string, fields = mask) => (await api('GET', `${name}?personFields=${fields}`)).json,
    create: async (person: object) => (await api('POST', 'people:createContact', person)).json,
    update: (name: string, fields: string, person: object) =>
      api('PATCH', `${name}:updateContact?updatePersonFields=${fields}`, person),
    remove: (name: string) => api('DELETE', `${name}:deleteContact`),
    /** Runs a full sync and returns its token. */
    async sync(): Promise<string> {
      return (await list({ requestSyncToken: true })).json.nextSyncToken;
    },
    /** Lists the changes since a token. */
    since: (syncToken: string, query: Query = {}) => list({ requestSyncToken: true, syncToken, ...query }),
  };
}

export function toQuery(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((each) => [name, String(each)]));
  return new URLSearchParams(pairs).toString();
}

export const namesOf = ({ json }: { json: { connections?: { resourceName: string }[] } }) =>
  (json.connections ?? []).map(({ resourceName }) => resourceName);
