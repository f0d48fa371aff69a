import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emptyFields, type FieldName, type ProviderValues, pickFields } from '#domain/contact.ts';
import { mergeRecord } from '#domain/merge/merge-record.ts';
import { shapeNames } from '#domain/name-parts.ts';
import { normalizeFamilyName, normalizeName, normalizeNameSuffix } from '#domain/normalize/name.ts';
import { patchBetween } from '#domain/sync/patch.ts';
import { projectContact, type Target } from '#domain/sync/projection.ts';
import { at } from './merging.ts';

interface Vendor {
  provider: string;
  holds: readonly FieldName[];
  /** The values as a record shows them. */
  read(raw: ProviderValues): ProviderValues;
}

const square: Vendor = {
  provider: 'square',
  holds: ['givenName', 'familyName'],
  read: ({ givenName, familyName }) => ({ givenName: normalizeName(givenName), familyName: normalizeFamilyName(familyName) }),
};
const googleFields = ['givenName', 'middleName', 'familyName', 'nameSuffix'] as const;
const google: Vendor = {
  provider: 'google',
  holds: googleFields,
  read: ({ givenName, middleName, familyName, nameSuffix }) =>
    shapeNames(
      {
        ...{ givenName: normalizeName(givenName), middleName: normalizeName(middleName) },
        ...{ familyName: normalizeName(familyName), nameSuffix: normalizeNameSuffix(nameSuffix) },
      },
      googleFields,
    ),
};

/** One contact with a record at each vendor. */
function startHub(order: string[]) {
  let contact = { fields: emptyFields, provenance: {} };
  const records = [square, google].map((vendor) => ({
    vendor,
    raw: {} as ProviderValues,
    shadow: null as ProviderValues | null,
  }));
  const targetOf = ({ provider, holds }: Vendor): Target => ({
    ...{ provider, holds, createOnly: [], role: 'everyone', fitValues: (values) => pickFields(values, holds) },
  });

  function observe(record: (typeof records)[number]) {
    const { vendor, raw, shadow } = record;
    const theirs = vendor.read(raw);
    contact = mergeRecord({
      ...{ ...contact, base: shadow, theirs, provider: vendor.provider, at, updatedAt: null, echoPairs: {}, attempts: [] },
      ...{ fitValues: targetOf(vendor).fitValues, conflicts: { order, fields: {} } },
    });
    record.shadow = theirs;
  }

  /** True when something was written. */
  function push(record: (typeof records)[number]): boolean {
    const { vendor, raw, shadow } = record;
    const subject = { fields: contact.fields, isCustomer: false, isDeleted: false };
    const projection = projectContact({
      target: targetOf(vendor),
      subject,
      placement: null,
      managed: { lists: [], tags: [] },
      held: shadow,
    });
    const { set } = patchBetween(projection, shadow);
    if (Object.keys(set).length === 0) return false;
    record.raw = { ...vendor.read(raw), ...set };
    return true;
  }

  return {
    edit(provider: string, values: ProviderValues) {
      const record = records.find(({ vendor }) => vendor.provider === provider);
      if (record) record.raw = values;
    },
    /** Reads and writes until nothing is left. Returns the number of rounds that wrote. */
    settle(): number {
      for (let round = 0; round < 10; round += 1) {
        for (const record of records) observe(record);
        if (!records.map(push).some(Boolean)) return round;
      }
      return 10;
    },
    names: () => records.map(({ vendor, raw }) => shapeNames(vendor.read(raw), [])),
  };
}

const word = fc.constantFrom('Ada', 'King', 'Mary Ann', 'Lovelace', 'van der Berg', 'of Ockham', 'Junior');
const suffix = fc.constantFrom('Jr.', 'Sr.', 'III', 'RN, BSN', 'PhD 🌸');
const maybe = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { freq: 2 });
const typed = fc
  .tuple(maybe(word), maybe(word), maybe(fc.constantFrom(' ', ', ')), suffix)
  .map(([givenName, family, comma, end]) => ({
    givenName,
    familyName: family === null || comma === null ? family : `${family}${comma}${end}`,
  }));
const split = fc.record({ givenName: maybe(word), middleName: maybe(word), familyName: maybe(word), nameSuffix: maybe(suffix) });
const edit = fc.oneof(
  typed.map((values) => ['square', values] as const),
  split.map((values) => ['google', values] as const),
  typed.map((values) => ['google', values] as const),
);

/** A comma before a suffix is no part of a name. */
const withoutCommas = (values: unknown) => JSON.stringify(values).replaceAll(', ', ' ');

it('a name that is edited where it is split and where it is joined is the same everywhere, and is written once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(edit, { minLength: 1, maxLength: 2 }), { maxLength: 6 }),
      fc.boolean(),
      (steps, isSquareFirst) => {
        const hub = startHub(isSquareFirst ? ['square', 'google'] : ['google', 'square']);
        for (const edits of steps) {
          for (const [provider, values] of edits) hub.edit(provider, values);
          expect(hub.settle()).toBeLessThanOrEqual(2);
          const [atSquare, atGoogle] = hub.names();
          expect(atSquare).toEqual(atGoogle);
          const [only, another] = edits;
          const vendor = only?.[0] === 'square' ? square : google;
          if (!another && only && Object.values(only[1]).some((part) => part !== null))
            expect(withoutCommas(atSquare)).toEqual(withoutCommas(shapeNames(vendor.read(only[1]), [])));
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
