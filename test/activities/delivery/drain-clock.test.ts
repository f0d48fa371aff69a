import { afterEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { makeAllDueNow } from '#db/delivery/endpoint-health.ts';
import { startReceiver } from '#test/setup/receiver.ts';
import { shiftClock } from '#test/setup/shift-clock.ts';
import { useDrains } from './draining.ts';

const drains = useDrains();
const hourMs = 3_600_000;
let restore = () => {};
afterEach(() => restore());

describe.each([
  ['an hour slow', -hourMs],
  ['an hour fast', hourMs],
])('a worker whose clock is %s', (_how, skewMs) => {
  async function subscriber(retrySchedule: number[]) {
    const receiver = await startReceiver(500);
    drains.cleanUp(() => receiver.close());
    const endpoint = await drains.endpoint({ url: receiver.url, retry_schedule: retrySchedule });
    restore = shiftClock(skewMs);
    return { receiver, endpoint };
  }

  it('sends and retries by the clock of PostgreSQL', async () => {
    const { receiver, endpoint } = await subscriber([1]);
    await drains.publish();
    receiver.next.push(500);
    receiver.usually = 200;
    expect(await drains.drain(endpoint, { lingerMs: 1_500 })).toMatchObject({ nextAt: null, nextInMs: null, pending: 0 });
    expect(receiver.received).toHaveLength(2);
    expect(await drains.deliveriesOf(endpoint)).toMatchObject([{ state: 'delivered', attempts: 2 }]);
  });

  it('reports how long to wait by the clock of PostgreSQL', async () => {
    const { endpoint } = await subscriber([600]);
    await drains.publish();
    const { nextInMs } = await drains.drain(endpoint);
    expect(nextInMs).toBeGreaterThan(590_000);
    expect(nextInMs).toBeLessThanOrEqual(600_000);
  });

  it('waits for an open breaker as long as other workers', async () => {
    const { endpoint } = await subscriber([1]);
    for (let count = 0; count < 12; count += 1) await drains.publish();
    const { breaker, nextInMs } = await drains.drain(endpoint);
    expect(breaker).toBe('open');
    expect(nextInMs).toBeGreaterThan(25_000);
    expect(nextInMs).toBeLessThanOrEqual(30_000);
  });
});

describe('a retry', () => {
  it('is signed with the time of the attempt, because receivers refuse signatures that are five minutes old', async () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const receiver = await startReceiver(500);
    drains.cleanUp(() => receiver.close());
    const endpoint = await drains.endpoint({ url: receiver.url, retry_schedule: [3_600], ...{ secret } });
    await drains.publish();
    restore = shiftClock(-hourMs);
    await drains.drain(endpoint);
    restore();
    await makeAllDueNow(drains.database.db, endpoint.id);
    await drains.drain(endpoint);
    const [first, second] = receiver.received;
    const verify = (each: typeof first) => () =>
      new Webhook(secret).verify(each?.body ?? '', (each?.headers ?? {}) as Record<string, string>);
    expect(verify(first)).toThrow('Message timestamp too old');
    expect(verify(second)).not.toThrow();
    expect(second?.body).toEqual(first?.body);
  });
});
