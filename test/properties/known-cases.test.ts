import { describe, expect, it } from '@jest/globals';
import { reconcilePage } from '#activities/passes/reconcile-page.ts';
import { completeRun, startRun } from '#activities/passes/reconcile-run.ts';
import { useDatabase } from '#test/db/test-database.ts';
import { etagged, unversioned, versioned } from './model/traits.ts';
import { Scenario } from './scenario.ts';

/**
 * Cases that broke other synchronisers, transferred to contacts. Case names: vdirsyncer, tests/unit/sync/test_sync.py (27 cases), and rclone,
 * cmd/bisync/testdata.
 *
 * Cases that do not apply to Accord:
 *
 * | case | why not |
 * |---|---|
 * | read_only_and_prefetch, partial_sync_error, both_readonly, partial_sync_revert | no storage is read-only; a vendor that refuses is partial_sync_ignore |
 * | insert_hash | the stored state has no older format |
 * | conflict_resolution_invalid_mode | refused by the schema of accord.yaml: test/config.test.ts |
 * | uses_get_multi | batches: test/activities, test/providers |
 * | moved_href | ids change only by merges: test/activities/contact/follow-merge.test.ts |
 * | SyncMachine | invariants.test.ts is ours |
 * | bisync: backupdir, check_filename, createemptysrcdirs, ext_paths, extended_char_paths, extended_filenames, filters, filtersfile_checks, ignorelistingchecksum, rmdirs, equal, compare_all, nomodtime, dry_run, resync modes | of files and folders, or options that Accord does not have |
 */
const on = useDatabase();
const start = (options?: Parameters<typeof Scenario.start>[1]) => Scenario.start(on.db, options);
const places = [0, 1, 2] as const;
const texts = (scenario: Scenario, field: 'givenName' | 'note') => places.map((place) => scenario.values(place)[field] ?? null);

describe('vdirsyncer', () => {
  it('irrelevant_status: links of deleted records create no records', async () => {
    const scenario = await start();
    for (const place of places) scenario.at(place).deleteByHand(scenario.record(place));
    await scenario.simulation.drain(3);
    expect(places.map((place) => scenario.at(place).live.length)).toEqual([0, 0, 0]);
  });

  it('missing_status: equal unknown records at two vendors become one contact without writes', async () => {
    const scenario = await start({ settled: false });
    scenario.at(1).createByHand(structuredClone(scenario.values(0)));
    expect(await scenario.violations()).toEqual([]);
    expect([0, 1].map((place) => scenario.at(place as 0 | 1).writes)).toEqual([[], []]);
  });

  it('missing_status_and_different_items: different notes at two vendors are both kept', async () => {
    const scenario = await start({ settled: false });
    scenario.at(1).createByHand({ ...structuredClone(scenario.values(0)), note: 'from the second' });
    scenario.at(0).editByHand(scenario.record(0), (values) => ({ ...values, note: 'from the first' }));
    await scenario.simulation.drain();
    const [note] = texts(scenario, 'note');
    expect(note).toMatch(/^from the (first|second)\n\n\[\w+\] from the (first|second)$/);
    expect(texts(scenario, 'note')).toEqual([note, note, note]);
  });

  it('partial_sync_ignore, partial_sync_ignore2: a vendor that refuses a write keeps its value, and gets later ones', async () => {
    const scenario = await start();
    for (let call = 0; call < 30; call += 1) scenario.fault(1, 'update', 'refused');
    const note = scenario.write(0, 'note');
    await scenario.deliver();
    await scenario.workAll();
    expect(texts(scenario, 'note')).toEqual([note, null, note]);
    expect(await scenario.violations()).toEqual([]);
    expect(texts(scenario, 'note')).toEqual([note, note, note]);
  });

  it('upload_and_update: new at one vendor, changed at the other, and vice versa', async () => {
    const scenario = await start({ from: 1 });
    for (const place of [2, 1, 0] as const) {
      const note = scenario.write(place, 'note');
      await scenario.deliver();
      await scenario.workAll();
      expect(texts(scenario, 'note')).toEqual([note, note, note]);
    }
    expect(await scenario.violations()).toEqual([]);
  });

  it('deletion: a record deleted at one vendor stays at the others, and is not created again', async () => {
    const scenario = await start();
    scenario.at(1).deleteByHand(scenario.record(1));
    await scenario.simulation.drain();
    scenario.write(0, 'note');
    await scenario.simulation.drain();
    expect(places.map((place) => scenario.at(place).live.length)).toEqual([1, 0, 1]);
  });

  it('already_synced: records in step cost reads only', async () => {
    const scenario = await start();
    const writes = scenario.writes;
    for (let pass = 0; pass < 2; pass += 1) await scenario.simulation.round();
    expect(scenario.writes).toBe(writes);
  });

  it.each([
    ['a', [versioned, etagged, unversioned]],
    ['b', [etagged, versioned, unversioned]],
  ])('conflict_resolution_both_etags_new: the first vendor in the order wins (%s)', async (_, traits) => {
    const scenario = await start({ traits });
    const [first] = [scenario.write(0, 'note'), scenario.write(1, 'note')];
    expect(await scenario.violations()).toEqual([]);
    expect(texts(scenario, 'note')).toEqual([first, first, first]);
  });

  it('updated_and_deleted: a contact changed at one vendor and deleted at the other lives on with the change', async () => {
    const scenario = await start();
    scenario.at(1).deleteByHand(scenario.record(1));
    const note = scenario.write(0, 'note');
    await scenario.simulation.drain();
    expect([scenario.values(0).note, scenario.values(2).note]).toEqual([note, note]);
  });

  it('conflict_resolution_new_etags_without_changes: new versions without changes are no conflict', async () => {
    const scenario = await start();
    const writes = scenario.writes;
    for (const place of places) scenario.at(place).touch(scenario.record(place));
    await scenario.simulation.drain();
    expect(scenario.writes).toBe(writes);
    expect((await scenario.state()).history.filter(({ kind }) => kind === 'conflict')).toEqual([]);
  });

  it('bogus_etag_change: of two new versions, the one with a change wins', async () => {
    const scenario = await start();
    scenario.at(0).touch(scenario.record(0));
    const name = scenario.write(1, 'givenName');
    const written = scenario.at(1).writes.length;
    expect(await scenario.violations()).toEqual([]);
    expect(texts(scenario, 'givenName')).toEqual([name, name, name]);
    expect(scenario.at(1).writes).toHaveLength(written);
  });

  it('empty_storage_dataloss: an empty listing deletes no contact', async () => {
    const scenario = await start();
    const { deps } = scenario.simulation.hub;
    const client = scenario.at(0).client;
    client.list = async () => ({ records: [], unreadable: [], cursor: null, total: 0 });
    const provider = scenario.at(0).traits.id;
    const runId = await startRun(deps, { provider, trigger: 'test', workflowId: 'test', workflowRunId: 'test' });
    await reconcilePage(deps, { runId, provider, cursor: null, cause: 'test' }, {}, () => {});
    await completeRun(deps, { runId, provider });
    await scenario.workAll();
    expect(await scenario.violations()).toEqual([]);
  });

  it('no_uids: two people without a common key stay two contacts', async () => {
    const scenario = await start({ settled: false });
    scenario.simulation.world.enter(scenario.at(1));
    await scenario.simulation.drain();
    expect((await scenario.state()).contacts).toHaveLength(2);
    expect(places.map((place) => scenario.at(place).live.length)).toEqual([2, 2, 2]);
  });

  it('changed_uids: a changed email, phone and name make no second contact', async () => {
    const scenario = await start();
    const { world } = scenario.simulation;
    world.add(scenario.at(0), scenario.record(0), 'phones');
    world.add(scenario.at(0), scenario.record(0), 'emails');
    world.write(scenario.at(0), scenario.record(0), 'givenName');
    expect(await scenario.violations()).toEqual([]);
  });

  it.each([true, false])(
    'ident_conflict: two people with one email and other names stay two contacts (known everywhere before: %s)',
    async (settled) => {
      const scenario = await start({ settled });
      const own = [{ address: `grace.${settled}@example.com`, label: null }];
      const second = scenario.at(0).createByHand({ givenName: 'Grace', note: null, phones: [], emails: own });
      if (settled) await scenario.simulation.drain();
      const { emails = [] } = scenario.values(0);
      scenario.at(0).editByHand(second, (values) => ({ ...values, emails: structuredClone(emails) }));
      await scenario.simulation.drain();
      expect((await scenario.state()).contacts).toHaveLength(2);
      expect(scenario.at(0).live).toHaveLength(2);
    },
  );

  it('unicode_hrefs: names in any script, with four-byte characters, arrive unchanged', async () => {
    const scenario = await start();
    for (const name of ['Ødegård 🦊', 'عائشة', '李 小龍']) {
      scenario.at(0).editByHand(scenario.record(0), (values) => ({ ...values, givenName: name }));
      await scenario.deliver();
      await scenario.workAll();
      expect(texts(scenario, 'givenName')).toEqual([name, name, name]);
    }
  });

  it('rollback: a refusal by one vendor undoes nothing elsewhere', async () => {
    const scenario = await start({ settled: false });
    for (let call = 0; call < 10; call += 1) scenario.fault(1, 'create', 'refused');
    await scenario.deliver();
    await scenario.workAll();
    expect(places.map((place) => scenario.at(place).live.length)).toEqual([1, 0, 1]);
    expect(await scenario.violations()).toEqual([]);
  });

  it('duplicate_hrefs: a listing that contains one record three times makes one contact', async () => {
    const scenario = await start({ settled: false });
    for (let time = 0; time < 3; time += 1) await scenario.announce(0);
    expect(await scenario.violations()).toEqual([]);
  });
});

describe('rclone bisync', () => {
  it('all_changed: a change of every record at one vendor is merged, and no record is taken for deleted', async () => {
    const scenario = await start();
    const { world } = scenario.simulation;
    const [note, name] = [scenario.write(1, 'note'), scenario.write(1, 'givenName')];
    for (const field of ['phones', 'emails', 'tags'] as const) world.add(scenario.at(1), scenario.record(1), field);
    expect(await scenario.violations()).toEqual([]);
    expect([texts(scenario, 'note'), texts(scenario, 'givenName')]).toEqual([
      [note, note, note],
      [name, name, name],
    ]);
  });

  it('changes: one field changed at one vendor, another at the other, a third at both', async () => {
    const scenario = await start();
    const { world } = scenario.simulation;
    const note = scenario.write(0, 'note');
    const name = scenario.write(1, 'givenName');
    world.add(scenario.at(1), scenario.record(1), 'tags');
    world.add(scenario.at(2), scenario.record(2), 'tags');
    expect(await scenario.violations()).toEqual([]);
    expect([texts(scenario, 'note'), texts(scenario, 'givenName')]).toEqual([
      [note, note, note],
      [name, name, name],
    ]);
  });

  it('volatile, concurrent: a change during a write is not lost', async () => {
    const scenario = await start();
    scenario.fault(1, 'update', 'hold-before');
    scenario.write(0, 'note');
    await scenario.deliver();
    await scenario.workAll();
    const during = scenario.write(1, 'givenName');
    await scenario.deliver();
    expect(await scenario.violations()).toEqual([]);
    expect(texts(scenario, 'givenName')).toEqual([during, during, during]);
  });

  it('max_delete: many records missing from a listing are not taken for deleted', async () => {
    const scenario = await start({ settled: false });
    for (let more = 0; more < 7; more += 1) scenario.simulation.world.enter(scenario.at(0));
    await scenario.simulation.drain();
    const { deps } = scenario.simulation.hub;
    scenario.at(0).client.list = async () => ({ records: [], unreadable: [], cursor: null, total: 0 });
    await on.db
      .updateTable('link')
      .set({ created_at: new Date(0) })
      .where('account_id', '=', scenario.at(0).accountId)
      .execute();
    const provider = scenario.at(0).traits.id;
    const runId = await startRun(deps, { provider, trigger: 'test', workflowId: 'test', workflowRunId: 'test' });
    await reconcilePage(deps, { runId, provider, cursor: null, cause: 'test' }, {}, () => {});
    const reads = scenario.reads;
    expect(await completeRun(deps, { runId, provider })).toMatchObject({ missing: 8 });
    await scenario.workAll();
    expect(scenario.reads).toBe(reads);
    expect((await scenario.state()).contacts).toHaveLength(8);
  });

  it('normalization: a vendor that rewrites names is not corrected for ever', async () => {
    const scenario = await start({ traits: [versioned, { ...etagged, shouts: true }, unversioned] });
    const name = scenario.write(0, 'givenName');
    expect(await scenario.violations()).toEqual([]);
    expect(texts(scenario, 'givenName')).toEqual([name, name.toUpperCase(), name]);
    const { writes } = scenario;
    await scenario.simulation.round();
    expect(scenario.writes).toBe(writes);
  });

  it('check_sync: a read-only pass finds no difference', async () => {
    const scenario = await start();
    const { history } = await scenario.state();
    await scenario.simulation.round();
    expect((await scenario.state()).history).toEqual(history);
  });
});
