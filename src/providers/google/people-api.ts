import { z } from 'zod';
import { shareNext } from '#concurrency/share-next.ts';
import { createOperation } from '#providers/errors.ts';
import type { CallOptions } from '#providers/provider.ts';
import { parsePeople, parsePerson, type ReadPeople } from './records/read-people.ts';
import { createSearch } from './records/search.ts';
import {
  anyPerson,
  batchCreateResponse,
  batchGetResponse,
  connectionsResponse,
  type Item,
  type Person,
  type PersonFields,
  type PersonResponse,
  profileResponse,
  sources,
} from './schema.ts';
import type { PeopleCall, Sdk, SdkOptions, Send } from './send.ts';

export interface ConnectionsQuery {
  operation: string;
  pageSize: number;
  pageToken?: string | undefined;
  requestSyncToken?: true;
  syncToken?: string | undefined;
  sortOrder?: 'LAST_MODIFIED_ASCENDING' | 'LAST_MODIFIED_DESCENDING';
}

export type NewPerson = PersonFields & { clientData: Item[] };

/** Google docs: the maximum of batchGet and of batchCreateContacts. */
export const maxBatchSize = 200;

/** Two full batches, plus edits by people in between. */
const lastChangedCount = 500;

/**
 * The methods of the People API that Accord uses. Google docs: REST resources `people` and `people.connections`. Request bodies are
 * passed as `object`, because our items keep keys that the SDK's types do not list.
 */
export class PeopleApi {
  readonly #send: Send;
  readonly #mask: { personFields: string; sources: string[] };
  /** Searches by name, email, phone or organization. */
  readonly search: ReturnType<typeof createSearch>;
  /** Lists the contacts that changed last. */
  readonly lastChanged: (call?: CallOptions) => Promise<ReadPeople>;

  constructor(send: Send, personFields: string) {
    this.#send = send;
    this.#mask = { personFields, sources };
    this.search = createSearch(send, personFields);
    this.lastChanged = shareNext(async (call: CallOptions) => {
      const query = { operation: 'find contact', pageSize: lastChangedCount, sortOrder: 'LAST_MODIFIED_DESCENDING' } as const;
      return parsePeople((await this.connections(query, call)).connections ?? [], query.operation);
    });
  }

  /** Returns one page of a listing or sync. */
  connections({ operation, ...query }: ConnectionsQuery, call?: CallOptions) {
    const defined = Object.fromEntries(Object.entries({ ...query, ...this.#mask }).filter(([, value]) => value !== undefined));
    const request = (sdk: Sdk, options: SdkOptions) =>
      sdk.people.connections.list({ resourceName: 'people/me', ...defined }, options);
    return this.#send({ operation, request }, connectionsResponse, call);
  }

  get(resourceName: string, call?: CallOptions): Promise<Person> {
    const request = (sdk: Sdk, options: SdkOptions) => sdk.people.get({ resourceName, ...this.#mask }, options);
    return this.#sendForPerson({ operation: 'read contact', request }, call);
  }

  /** The owner of the contacts. */
  profile(call?: CallOptions) {
    const query = { resourceName: 'people/me', personFields: 'metadata,names' };
    const request = (sdk: Sdk, options: SdkOptions) => sdk.people.get(query, options);
    return this.#send({ operation: 'read account', request }, profileResponse, call);
  }

  /** Reads at most `maxBatchSize` people. */
  async batchGet(resourceNames: string[], call?: CallOptions): Promise<PersonResponse[]> {
    const request = (sdk: Sdk, options: SdkOptions) => sdk.people.getBatchGet({ resourceNames, ...this.#mask }, options);
    const { responses } = await this.#send({ operation: 'read contacts', request }, batchGetResponse, call);
    return responses ?? [];
  }

  create(requestBody: NewPerson, call?: CallOptions): Promise<Person> {
    const parameters: object = { requestBody, ...this.#mask };
    const request = (sdk: Sdk, options: SdkOptions) => sdk.people.createContact(parameters, options);
    return this.#sendForPerson({ operation: createOperation, isWrite: true, request }, call);
  }

  /** Creates at most `maxBatchSize` people. */
  async batchCreate(people: NewPerson[], call?: CallOptions): Promise<unknown[]> {
    const contacts = people.map((contactPerson) => ({ contactPerson }));
    const parameters: object = { requestBody: { contacts, readMask: this.#mask.personFields, sources } };
    const request = (sdk: Sdk, options: SdkOptions) => sdk.people.batchCreateContacts(parameters, options);
    const { createdPeople } = await this.#send({ operation: createOperation, isWrite: true, request }, batchCreateResponse, call);
    return (createdPeople ?? []).flatMap((response) => response.person ?? []);
  }

  /** Replaces each of `fields` as a whole. `current` is the person that the fields were built from. */
  update(current: Person, fields: PersonFields, call?: CallOptions): Promise<Person> {
    const { resourceName, etag, metadata } = current;
    const contact = (metadata?.sources ?? []).filter(({ type }) => type === 'CONTACT');
    // The Google docs require the source's etag; integrators saw that the person's etag decides. Both are sent as they were read.
    const requestBody = { etag, metadata: { sources: contact }, ...fields };
    const parameters: object = { resourceName, updatePersonFields: Object.keys(fields).join(','), requestBody, ...this.#mask };
    const request = (sdk: Sdk, options: SdkOptions) => sdk.people.updateContact(parameters, options);
    return this.#sendForPerson({ operation: 'update contact', isWrite: true, request }, call);
  }

  async remove(resourceName: string, call?: CallOptions): Promise<void> {
    const request = (sdk: Sdk, options: SdkOptions) => sdk.people.deleteContact({ resourceName }, options);
    await this.#send({ operation: 'delete contact', isWrite: true, request }, z.unknown(), call);
  }

  /** Throws `UnreadableRecordError`. */
  async #sendForPerson(request: PeopleCall, call?: CallOptions): Promise<Person> {
    return parsePerson(await this.#send(request, anyPerson, call), request.operation);
  }
}
