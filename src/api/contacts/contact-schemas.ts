import { z } from 'zod';
import { contactConsent } from '#api/consent/consent-schemas.ts';
import type { LinkError } from '#db/contacts/tables.ts';
import { fieldNames } from '#domain/contact.ts';
import { type FieldType, type FieldValues, fieldTable } from '#domain/fields.ts';
import { refusalChannels } from '#domain/refusal.ts';

const text = z.string().nullable();

const valueSchemas: { [Type in FieldType]: z.ZodType<FieldValues[Type]> } = {
  name: text,
  line: text,
  text,
  date: text,
  emails: z.array(
    z.object({ address: z.string().meta({ description: 'The typed text where it is no email address.' }), label: text }),
  ),
  phones: z.array(z.object({ e164: text, extension: text, raw: z.string(), label: text })),
  addresses: z.array(z.object({ street: text, city: text, region: text, postalCode: text, country: text, label: text })),
  tags: z.array(z.string()),
  extra: text,
  refusals: z.object({ call: z.boolean(), sms: z.boolean(), email: z.boolean() }),
};

/** The fields of a contact: see `showFields`. */
export const contactFields = z
  .object({
    ...Object.fromEntries(fieldNames.map((field) => [field, valueSchemas[fieldTable[field].type]])),
    extras: z.record(z.string(), text).meta({ description: 'Values by name: the `extras` of accord.yaml.' }),
  })
  .meta({ id: 'ContactFields' });

/** The name of a field in histories, origins and comparisons. */
const fieldName = z.string().meta({ description: 'A key of `ContactFields`, or `extras.<name>`.' });

const linkError = z
  .object({
    type: z.string(),
    operation: z.string(),
    message: z.string(),
    status: z.int().nullable(),
    traceId: text,
    permanent: z.boolean().meta({ description: 'A retry fails until a person changes something.' }),
    at: z.string(),
  })
  .meta({ id: 'LinkError' }) satisfies z.ZodType<LinkError>;

const link = z
  .object({
    id: z.string(),
    provider: z.string(),
    accountId: z.string(),
    externalId: text,
    url: text.meta({ description: 'The record in the vendor’s web app, where its address is known.' }),
    state: z.enum(['intent', 'linked', 'tombstoned', 'detached']),
    origin: z.enum(['provider', 'accord']).meta({ description: '`accord` if Accord created the record.' }),
    shadow: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'The values that the provider was last known to hold.' }),
    held: z
      .record(z.string(), z.unknown())
      .meta({ description: 'Fields whose conflict waits for a person, with the provider’s values.' }),
    missingSince: z.iso.datetime().nullable().meta({ description: 'Set since the provider stopped finding the record.' }),
    changedAt: z.iso.datetime().nullable().meta({ description: 'Set while a change at the provider waits to be read.' }),
    observedAt: z.iso.datetime().nullable(),
    pushedAt: z.iso.datetime().nullable(),
    lastError: linkError.nullable(),
  })
  .meta({ id: 'Link' });

const audienceVerdict = z
  .object({
    audience: z.string(),
    member: z.boolean(),
    checks: z.array(
      z.object({
        rule: z.string().meta({ description: 'Its path in accord.yaml.', example: 'unless.isCustomer' }),
        passed: z.boolean(),
        because: z.string(),
        value: z.unknown().meta({ description: 'The value of the contact that the rule looks at.' }),
      }),
    ),
  })
  .meta({ id: 'AudienceVerdict' });

const refusedKey = z
  .object({
    ...{ channel: z.enum(refusalChannels), kind: z.enum(['phone', 'email']), value: z.string() },
    isListed: z
      .boolean()
      .meta({ description: 'True if it is on the suppression list; false if another contact with it refused.' }),
  })
  .meta({ id: 'RefusedKey', description: 'A number or address of the contact that somebody else refused to be reached at.' });

const lane = z.object({
  provider: z.string(),
  status: z.enum(['idle', 'working', 'waiting', 'parked']),
  passes: z.int(),
  error: z.object({ type: z.string(), operation: z.string(), message: z.string(), parkedAt: z.string() }).nullable(),
});

const contactWorkflow = z
  .object({
    id: z.string(),
    status: z
      .string()
      .meta({ description: '`none` if there is no workflow, `unknown` if Temporal does not answer.', example: 'running' }),
    runId: text,
    webUi: text,
    lanes: z.array(lane).nullable().meta({ description: 'The state of each provider; null unless the workflow runs.' }),
  })
  .meta({ id: 'ContactWorkflow' });

export const historyEntry = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    kind: z.string(),
    actor: z.string(),
    provider: text,
    field: text,
    before: z.unknown(),
    after: z.unknown(),
    losing: z.unknown(),
    cause: text,
    linkId: text.meta({ description: 'The record that the entry is about.' }),
  })
  .meta({ id: 'HistoryEntry' });

const origin = z.object({
  provider: z.string().meta({ description: 'A provider, or `api-key:<name>` for a decision.' }),
  changedAt: z.string().meta({ description: 'When the value reached Accord.' }),
  updatedAt: text.meta({ description: 'When the record changed, by the clock of the provider.' }),
});

const comparedField = z
  .object({
    field: fieldName,
    value: z.unknown().meta({ description: 'Of the contact.' }),
    records: z.array(
      z.object({
        linkId: z.uuid(),
        provider: z.string(),
        externalId: text,
        url: text.meta({ description: 'The record in the vendor’s web app, where its address is known.' }),
        value: z.unknown().meta({ description: 'The value that the provider was last known to hold.' }),
        state: z.enum(['same', 'differs', 'conflict', 'not-held']).meta({
          description:
            '`same`: nothing is to be written, though the provider may write the value differently. `differs`: a write follows, or waits ' +
            'until the account is live. `conflict`: a person decides. `not-held`: the provider has no such field.',
        }),
      }),
    ),
  })
  .meta({ id: 'ComparedField' });

/** A decision about a contact that a person has not made. */
export const openDecision = z
  .object({
    kind: z.enum(['candidate', 'conflict', 'submission']),
    id: z.string().meta({
      description:
        'Of the candidate (`/api/v1/candidates/{id}`), of the conflict (`/sync/contacts/{id}/conflicts/{conflict}`) or of the submission ' +
        '(`/api/v1/form-submissions/{id}`).',
    }),
    says: z.string(),
    otherContactId: text.meta({ description: 'For a candidate, the other contact.' }),
    provider: text,
    changes: z
      .array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() }))
      .meta({ description: 'The changes in the contact if accepted.' }),
    since: z.iso.datetime().nullable(),
  })
  .meta({ id: 'OpenDecision' });

/** In the words of docs/glossary.md. */
export const syncStatus = z.enum(['pending', 'waiting', 'held', 'synced', 'failed', 'excluded_customer', 'not_eligible']);

/** A contact with everything that explains its state. */
export const explainedContact = z
  .object({
    id: z.string(),
    mergedId: text.meta({ description: 'The contact that the id of the request is of, if that one was merged into this one.' }),
    name: text,
    revision: z.int(),
    syncStatus,
    waitsFor: z
      .array(z.object({ candidateId: z.string(), contactId: z.string(), because: z.string() }))
      .meta({ description: 'The questions that hold back new records of the contact; empty unless `syncStatus` is `waiting`.' }),
    isCustomer: z.boolean(),
    isDeleted: z.boolean(),
    fields: contactFields,
    origins: z.record(fieldName, origin).meta({ description: 'Where the value of each field came from.' }),
    comparison: z.array(comparedField).meta({ description: 'Each field with a value, and the value of every record beside it.' }),
    refused: z.array(refusedKey),
    consent: contactConsent,
    openDecisions: z.array(openDecision),
    links: z.array(link),
    audiences: z.array(audienceVerdict),
    workflow: contactWorkflow,
    history: z.array(historyEntry),
  })
  .meta({ id: 'ExplainedContact' });
