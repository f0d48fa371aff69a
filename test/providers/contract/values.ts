import { describe, expect, it } from '@jest/globals';
import { fitToRecord } from '#domain/accepted-items.ts';
import type { ContactFields, FieldName, ProviderValues } from '#domain/contact.ts';
import { asRead, manySided, noChange, people, referenceOf, toNew, whole, withoutReadOnly } from './people.ts';
import type { ContractBench } from './subject.ts';

/** `fitValues` predicts the values after a write, and an update changes nothing else. */
export function describeValues(bench: ContractBench): void {
  const { provider, subject, held } = bench;
  const writable = (values: ProviderValues) => withoutReadOnly(provider, values);
  const changeable = provider.fields.filter((field): field is Exclude<FieldName, 'tags'> => field !== 'tags');

  describe(`${provider.name}: values`, () => {
    it.each(Object.entries(people))('stores the values that fitValues predicts on create: %s', async (_, values) => {
      // Accord never sends what the vendor would not take.
      const sent = fitToRecord({ accepts: provider.acceptedItems, fitValues: (each) => each }, values, null);
      const { record } = await bench.client.create(toNew(sent), { reference: referenceOf(0) });
      const expected = asRead(held(whole(sent)));
      expect(writable(record.values)).toEqual(expected);
      expect(await bench.client.read(record.externalId)).toEqual(record);
    });

    it('stores the values that fitValues predicts on update', async () => {
      const { externalId } = await bench.create();
      const { record } = await bench.client.update(externalId, toNew(manySided), { version: null });
      const tags = ['Cold Lead', ...manySided.tags];
      const expected = held(whole({ ...manySided, tags }));
      expect(inOrder(writable(record.values))).toEqual(asRead(inOrder(expected)));
      expect(await bench.client.read(externalId)).toEqual(record);
    });

    it.each(changeable)('updates %s and no other field, unmapped ones included', async (field) => {
      const { externalId, reference, values: before } = await bench.create();
      await subject.edit(bench.sandbox, externalId, { unmapped: 'theirs', addTag: 'vip' });
      const set = { [field]: manySided[field] } as Partial<Pick<ContactFields, typeof field>>;
      const { record } = await bench.client.update(externalId, { ...noChange, set }, { version: null });
      const { tags, ...values } = record.values;
      expect(values).toEqual(asRead({ ...withoutTags(before), ...held(set) }));
      if (provider.fields.includes('tags')) expect(tags).toContain('vip');
      expect(record.reference).toBe(reference);
      expect(await subject.readUnmapped(bench.sandbox, externalId)).toBe('theirs');
    });
  });
}

function withoutTags<Values extends { tags?: string[] }>({ tags: _, ...values }: Values) {
  return values;
}

/** The order of tags is irrelevant. */
function inOrder(values: ProviderValues): ProviderValues {
  return values.tags === undefined ? values : { ...values, tags: values.tags.toSorted() };
}
