import { z } from 'zod';
import type { RecordsControl } from '#sandbox/core/control.ts';
import { invalidRequest } from './api-error.ts';
import type { Customer, CustomerChanges } from './customers/customer.ts';
import { customerFields } from './customers/customer-body.ts';
import type { WriteOptions } from './customers/customer-writer.ts';
import type { MergeRequest } from './customers/merger.ts';
import { toChanges } from './customers/to-changes.ts';
import { attributeDefinitionSeed } from './routes/custom-attributes.ts';
import type { Vendor } from './vendor.ts';

const customerSeed = z.strictObject({
  ...customerFields.shape,
  /** Any text: imported customers keep their text unchecked. */
  email_address: z.string().min(1).nullable().optional(),
  id: z.string().optional(),
  group_ids: z.array(z.string()).optional(),
  segment_ids: z.array(z.string()).optional(),
  preferences: z.object({ email_unsubscribed: z.boolean() }).optional(),
  /** By key of a definition; null clears the attribute. */
  custom_attributes: z.record(z.string(), z.unknown()).default({}),
  /** For a new customer. */
  creation_source: z.string().default('DIRECTORY'),
  version: z.int().min(0).optional(),
});
type CustomerSeed = z.output<typeof customerSeed>;

const ids = z.array(z.string()).default([]);
const changeBody = z.strictObject({
  groups: z.array(z.strictObject({ id: z.string().optional(), name: z.string() })).default([]),
  custom_attribute_definitions: z.array(attributeDefinitionSeed).default([]),
  /** Keys. */
  delete_custom_attribute_definitions: ids,
  /** With an existing id: changes the customer; null clears a field. Otherwise creates it, with that id or a new one. */
  customers: z.array(customerSeed).default([]),
  merge: z
    .strictObject({
      from_customer_ids: z
        .array(z.string())
        .transform((ids) => [...new Set(ids)])
        .refine((ids) => ids.length > 1, 'A merge takes two customers or more.'),
      to_customer_id: z.string().optional(),
      customer: customerFields.prefault({}),
    })
    .optional(),
  unmerge: ids,
  undelete: ids,
  /** Unknown ids are skipped. */
  delete: ids,
  /** The seller revokes the app's grant. */
  revokeAuthorization: z.boolean().default(false),
  testNotification: z.boolean().default(false),
  webhooks: z.boolean().default(true),
});
type Change = z.output<typeof changeBody>;

/** Ids of the customers that the change created, changed or brought back. */
interface Changed {
  customers: string[];
  merged?: string;
  recovered: string[];
}

const listQuery = z.object({
  id: z.string().optional(),
  email: z.string().optional(),
  limit: z.coerce.number().int().min(1).default(1_000),
  offset: z.coerce.number().int().min(0).default(0),
});

/** Changes as a seller makes them in the Square Dashboard: without token, rate limit or version. */
export function createRecords(vendor: Vendor): RecordsControl<Changed> {
  return {
    list: (query) => list(vendor, listQuery.parse(query)),
    change(body) {
      const change = changeBody.parse(Array.isArray(body) ? { customers: body } : body);
      return vendor.store.transaction(() => apply(vendor, change));
    },
  };
}

function list({ book, groups, attributes }: Vendor, { id, email, limit, offset }: z.output<typeof listQuery>): object {
  const isWanted = (customer: Customer) =>
    (id === undefined || customer.id === id) &&
    (email === undefined || customer.email_address?.toLowerCase() === email.toLowerCase());
  const customers = [...book.all()].filter(isWanted);
  const shown = customers.slice(offset, offset + limit);
  const custom = shown
    .map((customer) => [customer.id, attributes.listOf(customer.id)] as const)
    .filter(([, held]) => held.length > 0);
  return { customers: shown, total: customers.length, groups: groups.all(), custom_attributes: Object.fromEntries(custom) };
}

function apply(vendor: Vendor, { groups, customers, merge, ...change }: Change): Changed {
  const { merger, notifier } = vendor;
  const options = { quiet: !change.webhooks };
  // Checks everything before the first write, so that a refusal changes nothing.
  check(vendor, { customers, merge, unmerge: change.unmerge, undelete: change.undelete });
  const seeds = customers.map((seed) => ({ seed, changes: toSeedChanges(seed, vendor) }));
  const request = merge && toMergeRequest(merge, vendor);
  for (const { id, name } of groups) vendor.groups.create(name, id);
  for (const key of change.delete_custom_attribute_definitions) vendor.attributes.undefine(key);
  for (const definition of change.custom_attribute_definitions) vendor.attributes.define(definition);
  const saved = seeds.map(({ seed, changes }) => save(vendor, seed, changes, options));
  const merged = request && merger.merge(request, options);
  const recovered = change.unmerge.flatMap((id) => merger.unmerge(id, options));
  for (const id of change.undelete) recovered.push(merger.undelete(id, options));
  for (const id of change.delete) remove(vendor, id, options);
  if (change.revokeAuthorization) {
    vendor.tokens.revokeAll();
    if (change.webhooks) notifier.notifyRevocation('MERCHANT');
  }
  if (change.testNotification) notifier.sendTest();
  return { customers: saved.map(idOf), ...(merged && { merged: merged.id }), recovered: recovered.map(idOf) };
}

/** A merge may name profiles that the same change creates. */
function check({ book, merger }: Vendor, change: Pick<Change, 'customers' | 'merge' | 'unmerge' | 'undelete'>): void {
  const { from_customer_ids: from = [], to_customer_id: to } = change.merge ?? {};
  const ownIds = new Set(change.customers.map(({ id }) => id));
  for (const id of from) if (!ownIds.has(id)) book.getLiving(id);
  if (to !== undefined && (ownIds.has(to) || book.find(to))) throw invalidRequest('BAD_REQUEST', `There is a ${to} already.`);
  for (const id of change.unmerge) merger.getMergedFrom(id);
  for (const id of change.undelete) merger.getDeleted(id);
}

const idOf = ({ id }: Customer) => id;

function toMergeRequest(merge: NonNullable<Change['merge']>, { settings }: Vendor): MergeRequest {
  return { from: merge.from_customer_ids, to: merge.to_customer_id, changes: toChanges(merge.customer, settings()) };
}

function remove({ book, writer }: Vendor, id: string, options: WriteOptions): void {
  const profile = book.find(id);
  if (profile && !profile.deleted) writer.remove(profile.customer, options);
}

function toSeedChanges(seed: CustomerSeed, { settings }: Vendor): CustomerChanges {
  const {
    id: _,
    segment_ids: __,
    creation_source: ___,
    version: ____,
    custom_attributes: _____,
    group_ids,
    preferences,
    ...fields
  } = seed;
  return {
    ...toChanges(fields, settings(), { isImported: true }),
    ...(group_ids && { group_ids }),
    ...(preferences && { preferences }),
  };
}

function save(
  { book, writer, attributes }: Vendor,
  seed: CustomerSeed,
  changes: CustomerChanges,
  options: WriteOptions,
): Customer {
  const { id, creation_source: source, version, segment_ids: segments } = seed;
  const profile = id === undefined ? undefined : book.find(id);
  const isNew = !profile || profile.deleted === true;
  const changesNothing = Object.keys(changes).length === 0;
  let customer = isNew ? writer.create(changes, { ...options, id, source, version }) : profile.customer;
  const isAboutProfile = !changesNothing || !(segments || Object.keys(seed.custom_attributes).length > 0);
  if (!isNew && isAboutProfile) customer = writer.update(customer, changes, options);
  for (const [key, value] of Object.entries(seed.custom_attributes)) {
    if (value === null) attributes.remove(customer.id, key, options);
    else attributes.upsert(customer.id, { key, value }, options);
  }
  return segments ? writer.setSegments(customer, segments) : customer;
}
