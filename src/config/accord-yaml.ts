import { z } from 'zod';
import type { Placement } from '#domain/audience.ts';
import { fieldNames, toExtraField } from '#domain/contact.ts';
import { isDenyWinsField, isSetField } from '#domain/equality.ts';
import { nameParts } from '#domain/fields.ts';
import type { ConflictMode } from '#domain/merge/conflict.ts';
import type { Provider } from '#providers/provider.ts';
import { checkCustomFields, customFieldsSchema, extrasSchema } from './custom-fields.ts';
import { deletesSchema } from './deletes.ts';
import { matchingSchema } from './matching.ts';
import { notifySchema } from './notify.ts';
import { retentionSchema } from './retention.ts';
import { webhooksSchema } from './webhooks.ts';

/** The schema of accord.yaml. Every setting has a description, which editors show by way of accord.schema.json. */
export function accordYamlSchema(providers: readonly Provider[], extras: readonly string[] = []) {
  return z
    .strictObject({
      accounts: accountsSchema(providers),
      audiences: z
        .record(audienceName, audienceSchema(providers))
        .default({})
        .describe(
          'Routing rules: which contacts belong where. A contact that leaves an audience loses the lists and tags of that audience.',
        ),
      newAccounts: z
        .enum(['observe', 'live'])
        .default('observe')
        .describe(
          'The mode of an account that is connected for the first time. `observe`: Accord reads and plans, and writes nothing there ' +
            'before `accord go-live`. `live`: Accord writes at once.',
        ),
      sharing: sharingSchema(providers),
      extras: extrasSchema(providers),
      customFields: customFieldsSchema(providers),
      conflicts: conflictsSchema(providers, extras),
      deletes: deletesSchema(providers),
      matching: matchingSchema,
      schedules: schedulesSchema(providers),
      webhooks: webhooksSchema,
      notify: notifySchema,
      retentionDays: retentionSchema,
      profiles: z
        .record(z.string().min(1), z.looseObject({}))
        .default({})
        .describe(
          'Overlays by name. ACCORD_PROFILE selects one, which is merged over the rest of the file; lists are replaced as a whole.',
        ),
    })
    .superRefine((yaml, context) => {
      for (const { path, message } of checkCustomFields(yaml, providers)) context.addIssue({ code: 'custom', path, message });
    });
}

export type AccordYaml = z.output<ReturnType<typeof accordYamlSchema>>;

function accountsSchema(providers: readonly Provider[]) {
  const sections = providers.map(({ id, name, accountSchema }) => {
    const description = `How Accord uses the ${name} account. Keys and URLs belong in the environment.`;
    return [id, accountSchema.optional().describe(description)] as const;
  });
  return z
    .strictObject(Object.fromEntries(sections))
    .prefault({})
    .describe(
      'Settings of each account. A key is the id of a vendor, or for a further account this id, a hyphen and a name: `gohighlevel-west`.',
    );
}

const audienceName = z.string().regex(/^[a-z][a-z\d-]*$/, 'An audience name has lower-case letters, digits and hyphens.');

const tag = z.string().regex(/\S/, 'A tag cannot be blank.');
const tags = z.array(tag);

/** An empty condition would match every contact. That is more likely a mistake than an intention, so it is refused. */
function conditionSchema(description: string) {
  return z
    .strictObject({
      anyTag: tags
        .min(1)
        .exactOptional()
        .describe('The contact has at least one of these tags. Whole tags are compared, regardless of case.'),
      isCustomer: z.boolean().exactOptional().describe('The contact is (true) or is not (false) marked as a customer.'),
      doNotCall: z.boolean().exactOptional().describe('The contact has (true) or has not (false) refused calls.'),
    })
    .refine((condition) => Object.keys(condition).length > 0, 'is empty, and would match every contact')
    .meta({ description, minProperties: 1 });
}

function audienceSchema(providers: readonly Provider[]) {
  const takesPlaces = providers.filter(({ isSourceOnly }) => !isSourceOnly);
  const places = takesPlaces.map(({ id, name }) => {
    return [id, placementSchema.exactOptional().describe(`The placement of members in ${name}.`)] as const;
  });
  return z
    .strictObject({
      when: conditionSchema('A contact is a member when every condition here holds.'),
      unless: conditionSchema('A contact is not a member when any condition here holds.').exactOptional(),
      needs: z
        .array(z.enum(['phone', 'email']))
        .default([])
        .describe('Required of members: a phone number that can be dialled, an email address.'),
      then: z
        .strictObject(Object.fromEntries(places))
        .refine((placements) => Object.keys(placements).length > 0, 'names no provider')
        .meta({ description: 'The placement of members, by provider id.', minProperties: 1 }),
    })
    .describe('One audience.');
}

const placementSchema = z
  .strictObject({
    bucket: z
      .union([z.string().regex(/\S/), z.int().positive()], 'must be the name or the id of a bucket')
      .exactOptional()
      .describe('The name or id of the bucket that holds members.'),
    addTags: tags.default([]).describe('Tags that members get there and lose when they leave the audience.'),
    removeTags: tags.default([]).describe('Tags that members lose there.'),
  })
  .refine(
    ({ bucket, addTags, removeTags }) => bucket !== undefined || addTags.length + removeTags.length > 0,
    'names neither a bucket nor a tag',
  )
  .meta({ minProperties: 1 })
  .transform(({ bucket, ...placement }): Placement => ({ lists: bucket === undefined ? [] : [String(bucket)], ...placement }));

function sharingSchema(providers: readonly Provider[]) {
  const choice = z.enum(['everyone', 'linked']);
  const members = providers.filter(({ isSourceOnly }) => !isSourceOnly);
  const choices = members.map(({ id, name }) => {
    return [id, choice.exactOptional().describe(`Which contacts ${name} holds.`)] as const;
  });
  return z
    .strictObject(Object.fromEntries(choices))
    .prefault({})
    .describe(
      'Which contacts a provider holds: `everyone` (the default: each contact gets a record there) or `linked` (only existing ' +
        'records are kept in step). A provider that is a target of audiences holds their members only.',
    );
}

const conflictModes = ['authority', 'newest', 'keep-both', 'ask', 'owner'] as const satisfies ConflictMode[];

function conflictsSchema(providers: readonly Provider[], extras: readonly string[]) {
  const order = z.array(z.enum(providers.map(({ id }) => id)));
  const ruleSchema = (field: string) =>
    z
      .strictObject({
        mode: z
          .enum(isSetField(field) ? conflictModes : conflictModes.filter((mode) => mode !== 'keep-both'))
          .describe(
            'authority: the first provider in the order wins. newest: the later change wins, or the first provider when the times are ' +
              'unknown or too close. keep-both: the items of both sides stay (sets only). ask: a person decides; until then each side ' +
              'keeps its value. owner: the first provider in the order always wins, even when only another one changed the field.',
          ),
        order: order.min(1).exactOptional().describe('The order of providers for this field; the first wins.'),
      })
      .describe('The rule for a field that two sides changed.');
  const rules = [...fieldNames, ...extras.map(toExtraField)]
    .filter((field) => !isDenyWinsField(field) && !nameParts.some(({ part }) => part === field))
    .map((field) => [field, ruleSchema(field).exactOptional()] as const);
  return z
    .strictObject({
      order: order
        .default(providers.map(({ id }) => id))
        .describe(
          'Providers by authority: when two sides changed one field, the first wins. The losing value stays in the history.',
        ),
      fields: z
        .strictObject(Object.fromEntries(rules))
        .prefault({})
        .describe(
          'Other rules, by field. Refusals have none: a refusal always wins. A middle name and a suffix follow the rules of `givenName` and ' +
            '`familyName`. An extra has its rule under `extras.<name>`.',
        ),
    })
    .prefault({})
    .describe('Rules for fields that two sides changed since they last agreed.');
}

const cron = z.string().regex(/^\S+( \S+){4}$/, 'must be a cron expression of five fields, such as "0 2 * * *"');

function schedulesSchema(providers: readonly Provider[]) {
  const polled = providers.flatMap(({ id, name, pollSchedule }) =>
    pollSchedule === undefined
      ? []
      : [[id, cron.default(pollSchedule).describe(`When Accord asks ${name} for changes.`)] as const],
  );
  return z
    .strictObject({
      reconcile: cron
        .default('0 2 * * *')
        .describe('When Accord compares every record of every provider with its own data: a cron expression, in UTC.'),
      poll: z
        .strictObject(Object.fromEntries(polled))
        .prefault({})
        .describe('When Accord asks providers without webhooks for changes, by provider id: cron expressions, in UTC.'),
    })
    .prefault({})
    .describe('Scheduled work.');
}
