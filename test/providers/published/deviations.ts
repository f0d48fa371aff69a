/**
 * A key of a vendor's live API that its published description lacks or types differently. The sandbox serves it and the client
 * copes with it, so the contract check accepts it.
 */
export interface Deviation {
  /** Name of the published schema; null for every object. */
  schema: string | null;
  property: string;
  /** JSON Schema of the live value. */
  as: object;
  /** Where the live value was seen or is described. */
  source: string;
}

const text = { type: 'string' };
const texts = { type: 'array', items: text };
const dateOfBirth = { anyOf: [text, { type: 'null' }] };
const nullableText = dateOfBirth;
const companyAccepted = 'highlevel-api-docs issue 314: PUT answers 200 and keeps it';
const typedAsObject = "apps/contacts.json types it `object`, and gives the text '1990-09-25' as its example";

export const deviations: Record<string, Deviation[]> = {
  gohighlevel: [
    { schema: null, property: 'traceId', as: text, source: 'docs/oauth/Overview.md: in every answer' },
    { schema: 'BadRequestDTO', property: 'meta', as: { type: 'object' }, source: 'duplicate refusals quoted by integrators' },
    { schema: 'CreateAddTagSuccessfulResponseDto', property: 'tagsAdded', as: texts, source: 'seen by integrators' },
    { schema: 'CreateDeleteTagSuccessfulResponseDto', property: 'tagsRemoved', as: texts, source: 'seen by integrators' },
    { schema: 'UpdateContactDto', property: 'companyName', as: nullableText, source: companyAccepted },
    { schema: 'CreateContactDto', property: 'dateOfBirth', as: dateOfBirth, source: typedAsObject },
    { schema: 'UpdateContactDto', property: 'dateOfBirth', as: dateOfBirth, source: typedAsObject },
  ],
};

/** A way in which a live API behaves that no published description tells. A sandbox setting serves it. */
export interface LiveBehaviour {
  vendor: string;
  behaviour: string;
  /** Where it was seen or is described. */
  source: string;
  setting: string;
  /** The values that serve it. */
  served: unknown[];
}

export const liveBehaviours: LiveBehaviour[] = [
  {
    vendor: 'gohighlevel',
    behaviour: 'POST /contacts/search answers dateOfBirth in milliseconds, postalCode as a number and dnd as null',
    source: 'highlevel-api-docs issue 314',
    setting: 'searchTypes',
    served: ['live'],
  },
  {
    vendor: 'gohighlevel',
    behaviour: 'PUT /contacts/{contactId} takes companyName',
    source: 'highlevel-api-docs issue 314',
    setting: 'updatesCompany',
    served: [true],
  },
  {
    vendor: 'gohighlevel',
    behaviour: 'PUT /contacts/{contactId} replaces dndSettings, or merges them: not documented',
    source: 'apps/contacts.json says neither',
    setting: 'dndUpdate',
    served: ['replace', 'merge'],
  },
  {
    vendor: 'gohighlevel',
    behaviour: 'webhooks come without timestamp and webhookId',
    source: 'samples on the event pages; the authentication guide promises both',
    setting: 'webhookEnvelope',
    served: ['samples'],
  },
  {
    vendor: 'gohighlevel',
    behaviour: 'the timestamp of a webhook is in seconds, in milliseconds or in ISO 8601',
    source: 'public reports of integrators',
    setting: 'webhookTimestamp',
    served: ['seconds', 'milliseconds', 'iso'],
  },
  {
    vendor: 'calltools',
    behaviour: 'a phone given at a create does not attach, and is set by an update',
    source: 'several public integrations of live accounts',
    setting: 'dropsPhones',
    served: ['create', 'always'],
  },
];
