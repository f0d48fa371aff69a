import { expect, it } from '@jest/globals';
import { insertCandidate, listCandidates, withdrawCandidates } from '#db/contacts/matching/match-candidates.ts';
import { toStoredEvidence } from '#domain/matching/evidence.ts';
import { newContact, useDatabase } from '#test/db/test-database.ts';

const on = useDatabase();
const evidence = toStoredEvidence({ score: 5, parts: [{ kind: 'phone-same', points: 5 }], rules: ['given-names-clash'] });

async function pair() {
  const [one, other] = [(await newContact(on.db)).contactId, (await newContact(on.db)).contactId];
  await insertCandidate(on.db, one, other, evidence);
  return [one, other] as const;
}

const all = () => listCandidates(on.db, { limit: 100 });

it('a pair is stored once, in either order and however often it is seen, with the newest evidence', async () => {
  const [one, other] = await pair();
  await insertCandidate(on.db, other, one, { ...evidence, score: 6 });
  const rows = (await all()).filter(({ contact_id }) => contact_id === [one, other].toSorted()[0]);
  expect(rows).toMatchObject([
    {
      contact_id: [one, other].toSorted()[0],
      other_contact_id: [one, other].toSorted()[1],
      evidence: { score: 6, keys: ['phone'] },
    },
  ]);
});

it('a contact is not a candidate for itself', async () => {
  const before = await all();
  const { contactId } = await newContact(on.db);
  await insertCandidate(on.db, contactId, contactId, evidence);
  expect(await all()).toEqual(before);
});

it('a decided pair is not opened again', async () => {
  const [one, other] = await pair();
  const [first] = [one, other].toSorted() as [string, string];
  await on.db.updateTable('match_candidate').set({ state: 'different' }).where('contact_id', '=', first).execute();
  await insertCandidate(on.db, one, other, evidence);
  expect((await all()).filter(({ contact_id }) => contact_id === first)).toEqual([]);
});

it('lists the newest first, page by page', async () => {
  for (let pairs = 0; pairs < 3; pairs += 1) await pair();
  const [newest, second, third] = await all();
  expect((await listCandidates(on.db, { limit: 2 })).map(({ id }) => id)).toEqual([newest?.id, second?.id]);
  expect((await listCandidates(on.db, { before: second?.id, limit: 1 })).map(({ id }) => id)).toEqual([third?.id]);
});

it('takes back an open question, also one about a contact that was merged since, and no decided one', async () => {
  const [one, other] = await pair();
  const survivor = (await newContact(on.db)).contactId;
  await on.db.updateTable('contact').set({ merged_into: survivor }).where('id', '=', other).execute();
  const [decided, rejected] = await pair();
  await on.db.updateTable('match_candidate').set({ state: 'later' }).where('contact_id', 'in', [decided, rejected]).execute();
  expect(await withdrawCandidates(on.db, one, [survivor])).toEqual([one, survivor]);
  expect(await withdrawCandidates(on.db, decided, [rejected])).toEqual([]);
  expect((await all()).filter(({ contact_id, other_contact_id }) => [contact_id, other_contact_id].includes(one))).toEqual([]);
});
