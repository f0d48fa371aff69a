import { randomUUIDv7 } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { claimPhonesForCreate, insertIntent } from '#db/contacts/intents.ts';
import { releaseLease, takeLease } from '#db/contacts/leases.ts';
import { claimLink, getLink, type Link, listLinks, listLinksByExternalIds, saveLink, saveLinkError } from '#db/contacts/links.ts';
import type { Database } from '#db/database.ts';
import type { ProviderValues } from '#domain/contact.ts';
import { newContact, useDatabase } from '#test/db/test-database.ts';

const store = useDatabase();

async function newIntent(payload: ProviderValues = {}): Promise<Link> {
  const { contactId } = await newContact(store.db);
  return addIntent(contactId, { payload });
}

function addIntent(contactId: string, { generation = 1, payload = {} }: { generation?: number; payload?: ProviderValues }) {
  const intent = { contactId, provider: 'calltools', accountId: 'silo', generation, payload };
  return insertIntent(store.db, { ...intent, createdAt: new Date() });
}

const phones = (...numbers: string[]): ProviderValues => ({
  phones: numbers.map((e164) => ({ e164, raw: e164, extension: null, label: null })),
});

describe('a lease', () => {
  it('is taken by one of many concurrent writers', async () => {
    const { linkId } = await newContact(store.db);
    const pools = [store.open(), store.open()];
    const taken = await Promise.all(
      Array.from({ length: 20 }, (_, index) => takeLease(pools[index % 2] as Database, linkId, `writer-${index}`, 45)),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  it('is refused to another writer, and renewed for its owner', async () => {
    const { linkId } = await newContact(store.db);
    expect(await takeLease(store.db, linkId, 'one', 45)).toBe(true);
    expect(await takeLease(store.db, linkId, 'other', 45)).toBe(false);
    expect(await takeLease(store.db, linkId, 'one', 45)).toBe(true);
  });

  it('expires, so that a killed worker does not block the record for long', async () => {
    const { linkId } = await newContact(store.db);
    await takeLease(store.db, linkId, 'killed', -1);
    expect(await takeLease(store.db, linkId, 'next', 45)).toBe(true);
  });

  it('is released only by its owner', async () => {
    const { linkId } = await newContact(store.db);
    await takeLease(store.db, linkId, 'one', 45);
    await releaseLease(store.db, linkId, 'other');
    expect(await takeLease(store.db, linkId, 'other', 45)).toBe(false);
    await releaseLease(store.db, linkId, 'one');
    expect(await takeLease(store.db, linkId, 'other', 45)).toBe(true);
  });
});

describe('the phone numbers of a create', () => {
  let numbers = 0;
  const nextNumber = () => `+1512555${String(2000 + numbers++)}`;

  /** Claims the numbers and takes the lease in one transaction, as a push does. */
  const claim = (link: Link, wanted: string[], seconds = 45) =>
    store.db
      .transaction()
      .execute(async (tx) => (await claimPhonesForCreate(tx, link, wanted)) && (await takeLease(tx, link.id, link.id, seconds)));

  it('belong to one of two concurrent creates', async () => {
    const number = nextNumber();
    const intents = await Promise.all(Array.from({ length: 10 }, () => newIntent(phones(number))));
    const claims = await Promise.all(intents.map((intent) => claim(intent, [number])));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('cannot deadlock two creates that claim them in another order', async () => {
    const [one, other] = [nextNumber(), nextNumber()];
    const intents = await Promise.all([newIntent(phones(one, other)), newIntent(phones(other, one))]);
    const claims = await Promise.all([claim(intents[0] as Link, [one, other]), claim(intents[1] as Link, [other, one])]);
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it.each([
    ['when the other writes to another number', { number: nextNumber(), seconds: 45 }],
    ['when the other lease has ended', { number: null, seconds: -1 }],
  ])('are free %s', async (_when, { number, seconds }) => {
    const wanted = nextNumber();
    const theirs = number ?? wanted;
    await claim(await newIntent(phones(theirs)), [theirs], seconds);
    expect(await claim(await newIntent(phones(wanted)), [wanted])).toBe(true);
  });

  it('can be claimed again by the intent that holds them', async () => {
    const number = nextNumber();
    const intent = await newIntent(phones(number));
    expect([await claim(intent, [number]), await claim(intent, [number])]).toEqual([true, true]);
  });
});

describe('a link', () => {
  it('is claimed once per record, with its own contact', async () => {
    const record = { provider: 'gohighlevel', accountId: 'location-1', externalId: randomUUIDv7() };
    const claimed = await Promise.all(Array.from({ length: 10 }, () => claimLink(store.db, record)));
    expect(new Set(claimed.map(({ id }) => id)).size).toBe(1);
    expect(await listLinks(store.db, claimed[0]?.contact_id as string)).toHaveLength(1);
  });

  it('is an intent at most once per contact and account', async () => {
    const { contact_id } = await newIntent();
    await expect(addIntent(contact_id, { generation: 2 })).rejects.toThrow(/link_one_intent_per_contact/);
  });

  it('may be an intent beside one that has ended', async () => {
    const { contact_id, id } = await newIntent();
    await saveLink(store.db, id, { state: 'detached' });
    expect(await addIntent(contact_id, { generation: 2 })).toMatchObject({ generation: 2, state: 'intent' });
  });

  it('clears its intent and its error once the record is known', async () => {
    const { id } = await newIntent(phones('+15125550100'));
    const error = {
      type: 'X',
      operation: 'create',
      message: 'No.',
      status: 500,
      traceId: null,
      permanent: false,
      at: '2026-01-01T00:00:00Z',
    };
    await saveLinkError(store.db, id, error);
    expect((await getLink(store.db, id)).last_error).toEqual(error);
    await saveLink(store.db, id, {
      ...{ state: 'linked', external_id: '42', intent_payload: null, last_error: null },
      ...{ shadow: { givenName: 'Ada' }, recent: [{ until: '2026-01-01T00:00:00Z', values: {} }] },
    });
    expect(await getLink(store.db, id)).toMatchObject({
      ...{ state: 'linked', external_id: '42', intent_payload: null, last_error: null },
      ...{ shadow: { givenName: 'Ada' }, recent: [{ until: '2026-01-01T00:00:00Z', values: {} }], echo_pairs: {} },
    });
  });

  it('is found by the ids of a page, within its account', async () => {
    const ids = [randomUUIDv7(), randomUUIDv7()];
    for (const externalId of ids) await newContact(store.db, { externalId });
    await newContact(store.db, { externalId: ids[0] as string, accountId: 'elsewhere' });
    const found = await listLinksByExternalIds(store.db, 'gohighlevel', 'location-1', [...ids, randomUUIDv7()]);
    expect(found.map(({ external_id }) => external_id).toSorted()).toEqual(ids.toSorted());
    expect(await listLinksByExternalIds(store.db, 'gohighlevel', 'location-1', [])).toEqual([]);
  });
});
