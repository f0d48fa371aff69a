import { afterEach, expect, it } from '@jest/globals';
import { createPushAtOnce, type PushAtOnce } from '#activities/contact/push-at-once.ts';
import type { ActivityDeps } from '#activities/deps.ts';
import { takeLease } from '#db/contacts/leases.ts';
import { control } from '#test/setup/accord.ts';
import { inDialer } from '#test/setup/people.ts';
import { type Person, useActivities } from './direct.ts';

const on = useActivities();
afterEach(() => control(on.accord.sandboxes.calltools, 'DELETE', 'faults'));

const fault = (what: object) => control(on.accord.sandboxes.calltools, 'POST', 'faults', what);

/** What a worker process has: it remembers which accounts do not answer. */
const process = (change: Partial<ActivityDeps> = {}) => createPushAtOnce({ ...on.accord.deps, ...change });

/** A person who belongs in the dialer and has no record there. */
async function lead(): Promise<Person> {
  const person = await on.unseen({ tags: ['cold lead'] });
  await on.observe(person);
  return person;
}

const push = (pushAtOnce: PushAtOnce, { contactId }: Person, except: string[] = []) =>
  pushAtOnce({ contactId, outOfStep: ['calltools'], except, cause: 'test', owner: 'test' }, {});

const left = { pushed: [], outOfStep: ['calltools'] };

it('pushes to the providers that are out of step', async () => {
  const ada = await lead();
  expect(await push(process(), ada)).toEqual({ pushed: [{ provider: 'calltools', outcome: 'created' }], outOfStep: [] });
  expect(await inDialer(on.accord, ada.phone)).toMatchObject([{ bucketNames: ['Cold Leads'] }]);
});

it.each<[string, Partial<ActivityDeps>, string[]]>([
  ['whose lane is at work', {}, ['calltools']],
  ['that another process serves', { serves: (provider) => provider !== 'calltools' }, []],
])('leaves a provider to its lane %s', async (_which, change, except) => {
  const ada = await lead();
  expect(await push(process(change), ada, except)).toEqual(left);
  expect(await inDialer(on.accord, ada.phone)).toEqual([]);
});

it('leaves a provider to its lane whose rate is used up', async () => {
  const ada = await lead();
  const dialer = on.accord.deps.providers.get('calltools') as NonNullable<ReturnType<ActivityDeps['providers']['get']>>;
  const providers = new Map([...on.accord.deps.providers, ['calltools', { ...dialer, isFree: () => false }]]);
  expect(await push(process({ providers }), ada)).toEqual(left);
});

it('leaves a record to the lane that another push is writing to', async () => {
  const ada = await lead();
  const pushAtOnce = process();
  await push(pushAtOnce, ada);
  await on.changeInGhl(ada.id, { lastName: 'King' });
  await on.observe(ada);
  await takeLease(on.accord.db, (await on.link(ada, 'calltools')).id, 'another', 60);
  expect(await push(pushAtOnce, ada)).toEqual(left);
  expect(await push(pushAtOnce, await lead())).toMatchObject({ pushed: [{ outcome: 'created' }] });
});

it('leaves a provider that does not answer to its lane, for this contact and for the next minute', async () => {
  let now = Date.now();
  const pushAtOnce = process({ now: () => new Date(now) });
  const [ada, grace] = [await lead(), await lead()];
  await fault({ method: 'POST', path: '/api/contacts/', hang: true, times: 1 });
  expect(await push(pushAtOnce, ada)).toEqual(left);
  expect(await push(pushAtOnce, grace)).toEqual(left);
  expect(await inDialer(on.accord, grace.phone)).toEqual([]);
  now += 61_000;
  expect(await push(pushAtOnce, grace)).toMatchObject({ pushed: [{ outcome: 'created' }] });
});

it('is followed by a push of the lane that makes no second record after an answer that was lost', async () => {
  const ada = await lead();
  await fault({ method: 'POST', path: '/api/contacts/', dropResponse: true, times: 1 });
  expect(await push(process(), ada)).toEqual(left);
  await on.push(ada, 'the lane');
  expect(await inDialer(on.accord, ada.phone)).toHaveLength(1);
});
