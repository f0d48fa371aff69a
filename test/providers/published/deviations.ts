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
