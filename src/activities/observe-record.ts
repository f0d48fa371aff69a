import { lockContact, type StoredContact, saveContact } from '../db/contacts.ts';
import type { Database } from '../db/database.ts';
import { clearDirty } from '../db/dirty-links.ts';
import { type HistoryEntry, recordHistory } from '../db/history.ts';
import { getLink, type Link, listLinks, saveKnown } from '../db/links.ts';
import { targetProviders } from '../domain/audience.ts';
import type { ProviderValues } from '../domain/contact.ts';
import { mergeRecord } from '../domain/merge.ts';
import { NotFoundError } from '../providers/errors.ts';
import type { CallOptions, ProviderRecord } from '../providers/provider.ts';
import { type ActivityDeps, getConnected } from './deps.ts';
import { keepLinkError } from './link-error.ts';
import { settleStanding } from './standing.ts';

export interface ObserveResult {
  outcome: 'changed' | 'unchanged' | 'gone' | 'stale';
  contactId: string;
  /** Providers whose record is no longer what it should be. */
  outOfStep: string[];
}

/** Reads a record as it is now and takes what changed in it into the contact. */
export async function observeRecord(
  deps: ActivityDeps,
  { linkId, cause }: { linkId: string; cause: string },
  call: CallOptions,
): Promise<ObserveResult> {
  const link = await getLink(deps.db, linkId);
  const { client } = getConnected(deps, link.provider);
  await clearDirty(deps.db, linkId);
  const record = link.external_id === null ? null : await read(deps, link, client.read(link.external_id, call));
  return takeIn(deps, { linkId, record, cause });
}

/** Compares a record with what it held before and merges, in one transaction. `record` is null when it is gone. */
export function takeIn(
  deps: ActivityDeps,
  { linkId, record, cause }: { linkId: string; record: ProviderRecord | null; cause: string },
): Promise<ObserveResult> {
  return deps.db.transaction().execute(async (tx) => {
    const { contact_id } = await getLink(tx, linkId);
    const contact = await lockContact(tx, contact_id);
    // Read again under the lock: two passes may have read the record at the same time.
    const link = await getLink(tx, linkId);
    if (record !== null && isOlder(record, link)) return { outcome: 'stale', contactId: contact.id, outOfStep: [] };
    const { after, outcome } =
      record === null ? await bury(tx, deps, contact, link, cause) : await merge(tx, deps, contact, link, record, cause);
    const targets = await settleStanding(tx, deps, after);
    const outOfStep = targets.filter(({ step }) => step.kind !== 'nothing').map(({ provider }) => provider);
    return { outcome, contactId: contact.id, outOfStep };
  });
}

interface TakenIn {
  after: StoredContact;
  outcome: ObserveResult['outcome'];
}

async function merge(
  tx: Database,
  deps: ActivityDeps,
  contact: StoredContact,
  link: Link,
  record: ProviderRecord,
  cause: string,
): Promise<TakenIn> {
  const provides = !targetProviders(deps.audiences).includes(link.provider);
  await saveKnown(tx, link.id, {
    state: 'linked',
    shadow: provides ? { ...link.shadow, ...record.values } : ownedValues(link.shadow, record.values),
    version: record.version,
    remoteUpdatedAt: record.updatedAt,
    learnedBy: 'observing',
  });
  if (!provides) return { after: contact, outcome: 'unchanged' };

  const merged = mergeRecord({
    fields: contact.fields,
    provenance: contact.provenance,
    base: link.shadow,
    theirs: record.values,
    provider: link.provider,
    at: new Date().toISOString(),
    authority: deps.authority,
  });
  const cameBack = contact.isDeleted || link.state === 'tombstoned';
  if (merged.changes.length === 0 && !cameBack) return { after: contact, outcome: 'unchanged' };
  const after = { ...contact, fields: merged.fields, provenance: merged.provenance, isDeleted: false };
  await saveContact(tx, contact.id, after);
  const common = { contactId: contact.id, actor: link.provider, provider: link.provider, cause };
  const entries: HistoryEntry[] = merged.changes.map((change) => ({
    ...common,
    kind: 'losing' in change ? 'conflict' : 'changed',
    ...change,
  }));
  if (contact.revision === 0) entries.unshift({ ...common, kind: 'created' });
  if (cameBack) entries.unshift({ ...common, kind: 'restored' });
  await recordHistory(tx, entries);
  return { after, outcome: 'changed' };
}

/** The record is gone. Its contact lives on while another provider that it came from still has it. */
async function bury(tx: Database, deps: ActivityDeps, contact: StoredContact, link: Link, cause: string): Promise<TakenIn> {
  if (link.state === 'tombstoned') return { after: contact, outcome: 'gone' };
  await saveKnown(tx, link.id, {
    state: 'tombstoned',
    shadow: link.shadow,
    version: null,
    remoteUpdatedAt: null,
    learnedBy: 'observing',
  });
  await recordHistory(tx, [{ contactId: contact.id, kind: 'tombstoned', actor: link.provider, provider: link.provider, cause }]);
  const targets = targetProviders(deps.audiences);
  const lives = (await listLinks(tx, contact.id)).some(
    ({ provider, state }) => state === 'linked' && !targets.includes(provider),
  );
  if (lives || contact.isDeleted) return { after: contact, outcome: 'gone' };
  const after = { ...contact, isDeleted: true };
  await saveContact(tx, contact.id, after);
  return { after, outcome: 'gone' };
}

/**
 * Of a record at an audience target only the places and tags that Accord hands out are taken as they are now, so that the next
 * push restores them. Fields that a person edited there keep their old base, and are overwritten only by a newer change of ours.
 */
function ownedValues(shadow: ProviderValues | null, values: ProviderValues): ProviderValues {
  return { ...values, ...shadow, ...(values.tags && { tags: values.tags }), ...(values.lists && { lists: values.lists }) };
}

function isOlder(record: ProviderRecord, link: Link): boolean {
  if (record.updatedAt === null || link.remote_updated_at === null) return false;
  return Date.parse(record.updatedAt) < link.remote_updated_at.getTime();
}

/** Null when it is gone. */
async function read(deps: ActivityDeps, link: Link, reading: Promise<ProviderRecord>): Promise<ProviderRecord | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    await keepLinkError(deps.db, link.id, error);
    throw error;
  }
}
