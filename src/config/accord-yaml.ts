import { z } from 'zod';
import type { Placement } from '#domain/audience.ts';
import type { ConflictMode } from '#domain/conflict.ts';
import { fieldNames } from '#domain/contact.ts';
import { isDenyWinsField, isSetField } from '#domain/equality.ts';
import type { ProviderSettings } from './secrets.ts';
import { webhooksSchema } from './webhooks.ts';

/** What accord.yaml may say. Every field has a description: editors show it, by way of accord.schema.json. */
export function accordYamlSchema(providers: readonly ProviderSettings[]) {
  return z.strictObject({
    accounts: accountsSchema(providers),
    audiences: z
      .record(audienceName, audienceSchema(providers))
      .default({})
      .describe('Who belongs where. Leaving an audience takes a contact out of all that the audience gave it.'),
    sharing: sharingSchema(providers),
    conflicts: conflictsSchema(providers),
    schedules: schedulesSchema(providers),
    webhooks: webhooksSchema,
    profiles: z
      .record(z.string().min(1), z.looseObject({}))
      .default({})
      .describe('Overlays by name; ACCORD_PROFILE chooses one. It is merged over the rest of the file, lists replaced whole.'),
  });
}

export type AccordYaml = z.output<ReturnType<typeof accordYamlSchema>>;

function accountsSchema(providers: readonly ProviderSettings[]) {
  const sections = providers.map(({ id, name, accountSchema }) => [
    id,
    accountSchema.optional().describe(`How Accord uses the ${name} account. Its keys and addresses stay in the environment.`),
  ]);
  return z
    .strictObject(Object.fromEntries(sections) as Record<string, z.ZodOptional<z.ZodType<unknown>>>)
    .prefault({})
    .describe('Settings of each provider, by id.');
}

const audienceName = z.string().regex(/^[a-z][a-z\d-]*$/, 'Name an audience in small letters, digits and hyphens.');

const tag = z.string().regex(/\S/, 'A tag cannot be blank.');
const tags = z.array(tag);

/** An empty condition would take in, or keep out, everybody: more likely a slip than a wish. */
function conditionSchema(description: string) {
  return z
    .strictObject({
      anyTag: tags.min(1).exactOptional().describe('Tagged with at least one of these: whole tags, in any case.'),
      isCustomer: z.boolean().exactOptional().describe('Is, or is not, marked as a customer.'),
      doNotCall: z.boolean().exactOptional().describe('Has, or has not, asked not to be called.'),
    })
    .refine((condition) => Object.keys(condition).length > 0, 'says nothing, and would hold for everybody')
    .meta({ description, minProperties: 1 });
}

function audienceSchema(providers: readonly ProviderSettings[]) {
  const takesPlaces = providers.filter(({ isSourceOnly }) => !isSourceOnly);
  const places = takesPlaces.map(({ id, name }) => [
    id,
    placementSchema.exactOptional().describe(`Where a member stands in ${name}.`),
  ]);
  return z
    .strictObject({
      when: conditionSchema('Who belongs: all that is named here must hold.'),
      unless: conditionSchema('Who does not, all the same: any of what is named here keeps a contact out.').exactOptional(),
      needs: z
        .array(z.enum(['phone', 'email']))
        .default([])
        .describe('What a member must have: a phone that can be dialled, an email address.'),
      then: z
        .strictObject(Object.fromEntries(places) as Record<string, z.ZodExactOptional<typeof placementSchema>>)
        .refine((placements) => Object.keys(placements).length > 0, 'names no provider')
        .meta({ description: 'Where members stand, by provider id.', minProperties: 1 }),
    })
    .describe('One audience.');
}

const placementSchema = z
  .strictObject({
    bucket: z
      .union([z.string().regex(/\S/), z.int().positive()], 'Must be the name or the number of a bucket.')
      .exactOptional()
      .describe('Name or id of the bucket that members are in.'),
    addTags: tags.default([]).describe('Tags that members get there, and lose when they leave.'),
    removeTags: tags.default([]).describe('Tags that members lose there.'),
  })
  .refine(
    ({ bucket, addTags, removeTags }) => bucket !== undefined || addTags.length + removeTags.length > 0,
    'names neither a bucket nor a tag',
  )
  .meta({ minProperties: 1 })
  .transform(({ bucket, ...placement }): Placement => ({ lists: bucket === undefined ? [] : [String(bucket)], ...placement }));

function sharingSchema(providers: readonly ProviderSettings[]) {
  const choice = z.enum(['everyone', 'linked']);
  const members = providers.filter(({ isSourceOnly }) => !isSourceOnly);
  const choices = members.map(({ id, name }) => [id, choice.exactOptional().describe(`Whom ${name} holds.`)]);
  return z
    .strictObject(Object.fromEntries(choices) as Record<string, z.ZodExactOptional<typeof choice>>)
    .prefault({})
    .describe(
      'Whom a provider holds: `everyone` (each contact gets a record there; the default), or `linked` (only those that have one are ' +
        'kept in step). Providers that audiences place contacts at hold whom the audiences want, and nobody else.',
    );
}

const conflictModes = ['authority', 'newest', 'keep-both', 'ask', 'owner'] as const satisfies ConflictMode[];

function conflictsSchema(providers: readonly ProviderSettings[]) {
  const order = z.array(z.enum(providers.map(({ id }) => id) as [string, ...string[]]));
  const ruleFor = (field: string) =>
    z
      .strictObject({
        mode: z
          .enum(isSetField(field) ? conflictModes : conflictModes.filter((mode) => mode !== 'keep-both'))
          .describe(
            'authority: the first in the order wins. newest: the later change, by the order where it cannot be told. keep-both: items of ' +
              'both sides, for lists. ask: a person decides, until then each side keeps its value. owner: the first in the order always wins.',
          ),
        order: order.min(1).exactOptional().describe('For this field alone, the one that wins first.'),
      })
      .describe('What happens when two sides changed this field.');
  const rules = fieldNames
    .filter((field) => !isDenyWinsField(field))
    .map((field) => [field, ruleFor(field).exactOptional()] as const);
  return z
    .strictObject({
      order: order
        .default(providers.map(({ id }) => id))
        .describe('Whose word counts where two sides changed one thing: the first wins. The other value stays in the history.'),
      fields: z
        .strictObject(Object.fromEntries(rules))
        .prefault({})
        .describe('Fields that are settled in another way. Refusals are not among them: a no always wins.'),
    })
    .prefault({})
    .describe('What happens when two sides changed the same field since they last agreed.');
}

const cron = z.string().regex(/^\S+( \S+){4}$/, 'Must be a cron expression of five fields, such as "0 2 * * *".');

function schedulesSchema(providers: readonly ProviderSettings[]) {
  const polled = providers.flatMap(({ id, name, pollSchedule }) =>
    pollSchedule === undefined ? [] : [[id, cron.default(pollSchedule).describe(`When ${name} is asked what changed.`)]],
  );
  return z
    .strictObject({
      reconcile: cron
        .default('0 2 * * *')
        .describe('When every provider is compared with what Accord knows of it, in full: a cron expression, in UTC.'),
      poll: z
        .strictObject(Object.fromEntries(polled) as Record<string, z.ZodDefault<typeof cron>>)
        .prefault({})
        .describe('When providers that tell nothing by themselves are asked what changed, by id: cron expressions, in UTC.'),
    })
    .prefault({})
    .describe('What runs by the clock.');
}
