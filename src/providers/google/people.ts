import { createOperation } from '#providers/errors.ts';
import type { CallOptions } from '#providers/provider.ts';
import type { Ask } from './ask.ts';
import { createNewest } from './newest.ts';
import {
  batchCreateAnswer,
  batchGetAnswer,
  connectionsAnswer,
  type Item,
  type Person,
  type PersonFields,
  type PersonResponse,
  person,
  personFields,
  sources,
} from './schema.ts';
import { createSearch } from './search.ts';

export interface ConnectionsQuery {
  operation: string;
  pageSize: number;
  pageToken?: string | undefined;
  requestSyncToken?: true;
  syncToken?: string | undefined;
  sortOrder?: 'LAST_MODIFIED_ASCENDING' | 'LAST_MODIFIED_DESCENDING';
}

export type NewPerson = PersonFields & { clientData: Item[] };

export type People = ReturnType<typeof createPeople>;

/** Two full batches, and what people edit meanwhile. */
const newestCount = 500;

/** The methods of the People API that we use. Google docs: REST resources `people` and `people.connections`. */
export function createPeople(ask: Ask) {
  const shown = { personFields, sources };

  function connections({ operation, ...query }: ConnectionsQuery, call?: CallOptions) {
    const asked = Object.fromEntries(Object.entries({ ...query, ...shown }).filter(([, value]) => value !== undefined));
    const make = (api: Api, options: Options) => api.people.connections.list({ resourceName: 'people/me', ...asked }, options);
    return ask({ operation, make }, connectionsAnswer, call);
  }

  return {
    connections,
    /** Those that changed last. */
    newest: createNewest(async (call) => {
      const query = { operation: 'find contact', pageSize: newestCount, sortOrder: 'LAST_MODIFIED_DESCENDING' } as const;
      return (await connections(query, call)).connections ?? [];
    }),
    search: createSearch(ask),

    get: (resourceName: string, call?: CallOptions): Promise<Person> =>
      ask(
        { operation: 'read contact', make: (api, options) => api.people.get({ resourceName, ...shown }, options) },
        person,
        call,
      ),

    /** 200 names at most. */
    async batchGet(resourceNames: string[], call?: CallOptions): Promise<PersonResponse[]> {
      const { responses } = await ask(
        { operation: 'read contacts', make: (api, options) => api.people.getBatchGet({ resourceNames, ...shown }, options) },
        batchGetAnswer,
        call,
      );
      return responses ?? [];
    },

    create: (requestBody: NewPerson, call?: CallOptions): Promise<Person> =>
      ask(
        {
          operation: createOperation,
          isWrite: true,
          make: (api, options) => api.people.createContact({ requestBody, ...shown } as object, options),
        },
        person,
        call,
      ),

    /** 200 people at most. */
    async batchCreate(people: NewPerson[], call?: CallOptions): Promise<Person[]> {
      const contacts = people.map((contactPerson) => ({ contactPerson }));
      const requestBody = { contacts, readMask: personFields, sources };
      const { createdPeople } = await ask(
        {
          operation: createOperation,
          isWrite: true,
          make: (api, options) => api.people.batchCreateContacts({ requestBody } as object, options),
        },
        batchCreateAnswer,
        call,
      );
      return (createdPeople ?? []).flatMap((response) => response.person ?? []);
    },

    /** Replaces the fields that stand in `fields`, each as a whole. `current` says which state of the person they were made from. */
    update: (current: Person, fields: PersonFields, call?: CallOptions): Promise<Person> => {
      const { resourceName, etag, metadata } = current;
      const contact = (metadata?.sources ?? []).filter(({ type }) => type === 'CONTACT');
      // Google docs speak of the source's etag, integrators saw that the person's decides: both are sent, as they were read.
      const requestBody = { etag, metadata: { sources: contact }, ...fields };
      const updatePersonFields = Object.keys(fields).join(',');
      const make = (api: Api, options: Options) =>
        api.people.updateContact({ resourceName, updatePersonFields, requestBody, ...shown } as object, options);
      return ask({ operation: 'update contact', isWrite: true, make }, person, call);
    },
  };
}

type Api = Parameters<Parameters<Ask>[0]['make']>[0];
type Options = Parameters<Parameters<Ask>[0]['make']>[1];
