import { describe, expect, it } from '@jest/globals';
import { useDatabase } from '#test/db/test-database.ts';
import { etagged, unversioned, versioned } from './model/traits.ts';
import { Scenario } from './scenario.ts';

const on = useDatabase();
const start = (options?: Parameters<typeof Scenario.start>[1]) => Scenario.start(on.db, options);

const everywhere = (scenario: Scenario, field: 'givenName' | 'note') =>
  ([0, 1, 2] as const).map((place) => scenario.values(place)[field]);

describe('(a) a create lands, its answer is lost, and a person edits the new record', () => {
  it('keeps the edit when the create is retried and answers with the original record', async () => {
    const scenario = await start({ from: 1, settled: false });
    scenario.fault(0, 'create', 'lost');
    await scenario.deliver();
    await scenario.workAll();
    const name = scenario.write(0, 'givenName');
    scenario.fault(0, 'find', 'missing');
    await scenario.advance(6);
    await scenario.workAll();
    expect(await scenario.violations()).toEqual([]);
    expect(everywhere(scenario, 'givenName')).toEqual([name, name, name]);
  });

  it('keeps the edit and a concurrent change elsewhere when the record is found by its reference', async () => {
    const scenario = await start({ from: 1, settled: false });
    scenario.fault(0, 'create', 'lost');
    await scenario.deliver();
    await scenario.workAll();
    const name = scenario.write(0, 'givenName');
    const note = scenario.write(1, 'note');
    scenario.dropHints();
    await scenario.advance(6);
    await scenario.workAll();
    expect(await scenario.violations()).toEqual([]);
    expect(everywhere(scenario, 'givenName')).toEqual([name, name, name]);
    expect(everywhere(scenario, 'note')).toEqual([note, note, note]);
  });
});

/** The written vendor is first in the order: it wins conflicts, so that an echo mistaken for an edit does harm. */
describe.each([
  ['with preconditions', [etagged, versioned, unversioned]],
  ['without preconditions', [unversioned, versioned, etagged]],
])('writes %s', (_, traits) => {
  it('(b) after an unanswered write and a newer value from another provider, our old value is no edit', async () => {
    const scenario = await start({ traits });
    scenario.write(1, 'note');
    scenario.fault(0, 'update', 'lost');
    await scenario.deliver();
    await scenario.work(1);
    await scenario.work(0);
    const newer = scenario.write(1, 'note');
    await scenario.deliver();
    await scenario.work(1);
    await scenario.advance(2);
    await scenario.workAll();
    expect(await scenario.violations()).toEqual([]);
    expect(everywhere(scenario, 'note')).toEqual([newer, newer, newer]);
  });

  it('(c) an edit on top of an unanswered write wins', async () => {
    const scenario = await start({ traits: traits.toReversed() });
    scenario.write(1, 'note');
    scenario.fault(2, 'update', 'lost');
    await scenario.deliver();
    await scenario.work(1);
    await scenario.work(2);
    const onTop = scenario.write(2, 'note');
    await scenario.deliver();
    await scenario.advance(2);
    await scenario.workAll();
    expect(await scenario.violations()).toEqual([]);
    expect(everywhere(scenario, 'note')).toEqual([onTop, onTop, onTop]);
  });

  it('(d) a stale read after a confirmed write is no edit', async () => {
    const scenario = await start({ traits });
    const note = scenario.write(1, 'note');
    scenario.fault(0, 'update', 'lost');
    await scenario.deliver();
    await scenario.work(1);
    await scenario.work(0);
    for (const kind of [null, 'stale'] as const) {
      if (kind) scenario.fault(0, 'read', kind);
      await scenario.announce(0);
      await scenario.work(0);
    }
    await scenario.workAll();
    expect(await scenario.violations()).toEqual([]);
    expect(everywhere(scenario, 'note')).toEqual([note, note, note]);
  });
});
