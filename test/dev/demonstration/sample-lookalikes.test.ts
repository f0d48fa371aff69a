import { describe, expect, it } from '@jest/globals';
import { fullName, maxSampleContacts, sampleContacts } from '#dev/demonstration/sample-contacts.ts';
import { chooseContacts, sampleLookalikes, samplesOf } from '#dev/demonstration/sample-lookalikes.ts';
import { toMatchKeys } from '#domain/matching/match-keys.ts';
import { type Profile, toProfile } from '#domain/matching/profile.ts';
import { defaultRules, recognise } from '#domain/matching/recognise.ts';
import { readEmail } from '#domain/normalize/email.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import type { PersonEdit } from '#sandbox/core/people.ts';

const places = [{ samples: 'contacts' }, { samples: 'lookalikes' }, { samples: undefined }, { samples: 'lookalikes' }] as const;
const [crm, ...others] = samplesOf(places, maxSampleContacts);
const lookalikes = sampleLookalikes().flat();
const generated = sampleContacts();
const holders = (crm?.records ?? []).map((record, index) => ({
  name: fullName(generated[index] ?? { givenName: '', familyName: '' }),
  profile: toProfileOf(record),
}));

describe('the lookalikes of the sample contacts', () => {
  it.each(lookalikes.map((lookalike) => [`${lookalike.of}, ${lookalike.outcome}`, lookalike] as const))(
    '%s',
    (_, { of, record, outcome }) => {
      expect(decide(toProfileOf(record))).toEqual({ outcome, contact: outcome === 'somebody else' ? null : of });
    },
  );

  it('have their contacts in a small demonstration, too', () => {
    const names = new Set(chooseContacts(100).map(fullName));
    const missing = crm?.records.filter((_, index) => index < 100).length ?? 0;
    expect(chooseContacts(100).length).toBeGreaterThan(missing);
    for (const { of } of lookalikes) expect([of, [...names].some((name) => name.startsWith(of))]).toEqual([of, true]);
  });

  it('show every decision several times', () => {
    const counts = Map.groupBy(lookalikes, ({ outcome }) => outcome);
    expect(Object.fromEntries([...counts].map(([outcome, list]) => [outcome, list.length]))).toEqual({
      recognised: 19,
      'somebody else': 6,
      asked: 4,
    });
  });

  it('are dealt out to the vendors that are to have them, each once', () => {
    expect(crm?.records).toHaveLength(500);
    expect(others.map(({ records }) => records.length)).toEqual([15, 14]);
    expect(new Set(others.flatMap(({ records }) => records))).toEqual(new Set(lookalikes.map(({ record }) => record)));
  });
});

/** The decision about a record that is read when Accord has read all sample contacts. */
function decide(profile: Profile) {
  const keys = toMatchKeys(profile);
  const isCommon = (key: (typeof keys)[number]) => keys.some(({ kind, value }) => kind === key.kind && value === key.value);
  const found = holders
    .map((holder) => ({ ...holder, contactId: holder.name, keys: toMatchKeys(holder.profile).filter(isCommon) }))
    .filter((holder) => holder.keys.length > 0);
  const decision = recognise({ profile, contactId: null }, found, defaultRules);
  if (decision.kind === 'merge') return { outcome: 'recognised', contact: decision.contactId };
  if (decision.kind === 'new') return { outcome: 'somebody else', contact: null };
  return { outcome: 'asked', contact: decision.candidates.map(({ contactId }) => contactId).join() };
}

function toProfileOf({ givenName = null, familyName = null, company = null, email, phone }: PersonEdit): Profile {
  const number = normalizePhone(phone, { defaultRegion: 'US' });
  const address = readEmail(email);
  return toProfile([{ givenName, familyName, company, emails: address ? [address] : [], phones: number ? [number] : [] }]);
}
