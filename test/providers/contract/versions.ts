import { describe, expect, it } from '@jest/globals';
import * as errors from '#providers/errors.ts';
import { noChange } from './people.ts';
import type { ContractBench } from './subject.ts';

/** With versions, a write never overwrites a concurrent change. Without, a patch has only the changed fields. */
export function describeVersions(bench: ContractBench): void {
  const { provider, subject } = bench;
  const king = { ...noChange, set: { familyName: 'King' } };

  describe(`${provider.name}: versions`, () => {
    it('refuses a write with a stale version, if records have versions', async () => {
      const { externalId, version } = await bench.create();
      await subject.edit(bench.sandbox, externalId, { unmapped: 'theirs', addTag: 'vip' });
      const writing = bench.client.update(externalId, king, { version });
      if (version === null) {
        await writing;
      } else {
        await expect(writing).rejects.toBeInstanceOf(errors.PreconditionFailedError);
        const now = await bench.client.read(externalId);
        expect(now.values.familyName).toBe('Lovelace');
        expect(now.version).not.toBe(version);
        await bench.client.update(externalId, king, { version: now.version });
      }
      expect((await bench.client.read(externalId)).values.familyName).toBe('King');
      expect(await subject.readUnmapped(bench.sandbox, externalId)).toBe('theirs');
    });

    it('deletes no record that has a newer version, if the vendor checks it', async () => {
      const { externalId, version } = await bench.create();
      await subject.edit(bench.sandbox, externalId, { unmapped: 'theirs', addTag: 'vip' });
      if (!subject.checksVersionOfRemove) return;
      await expect(bench.client.remove?.(externalId, { version })).rejects.toBeInstanceOf(errors.PreconditionFailedError);
      await bench.client.remove?.(externalId, { version: (await bench.client.read(externalId)).version });
      await expect(bench.client.read(externalId)).rejects.toBeInstanceOf(errors.NotFoundError);
    });

    it('returns the version for the next write', async () => {
      const { externalId, version } = await bench.create();
      const first = await bench.client.update(externalId, king, { version });
      const set = { givenName: 'Augusta' };
      const second = await bench.client.update(externalId, { ...noChange, set }, { version: first.record.version });
      expect(second.record.values).toMatchObject({ givenName: 'Augusta', familyName: 'King' });
      expect(await bench.client.read(externalId)).toEqual(second.record);
    });
  });
}
