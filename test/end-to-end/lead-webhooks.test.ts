import { createHmac, timingSafeEqual } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { type Accord, changeInGhl, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { nextPhone } from '#test/setup/people.ts';
import { type Answer, type Received, type Receiver, startReceiver } from '#test/setup/receiver.ts';
import { apiClient, type Subscription } from '#test/setup/webhook-subscriber.ts';

let accord: Accord;
let call: Awaited<ReturnType<typeof apiClient>>;
const receivers: Receiver[] = [];
beforeAll(async () => {
  accord = await startAccord({ providers: ['gohighlevel'] });
  call = await apiClient(accord);
});
afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.close()));
  await accord.close();
});

async function subscribe(usually: Answer = 200, settings: object = {}) {
  const receiver = await startReceiver(usually);
  receivers.push(receiver);
  const events = ['new_lead', 'lead_update'];
  const endpoint = await call<Subscription>('POST', '', { url: receiver.url, description: 'Production', events, ...settings });
  return { receiver, endpoint };
}

const person = () => {
  const phone = nextPhone();
  return { firstName: 'John', lastName: 'Doe', email: `john.${phone.slice(-4)}@example.com`, phone };
};
const contentOf = ({ body }: Received) => JSON.parse(body.toString()) as { event: string; data: Record<string, unknown> };
const eventsAbout = ({ received }: Receiver, email: string) =>
  received.filter((each) => contentOf(each).data.email === email).map((each) => ({ ...contentOf(each), ...each }));
const deliveriesOf = ({ id }: Subscription) =>
  accord.db.selectFrom('webhook_delivery').selectAll().where('endpoint_id', '=', id).orderBy('id').execute();

describe('the worked example of the integration guide', () => {
  it('register, receive, verify, fail, retry, dead letter, review, redrive', async () => {
    const { receiver, endpoint } = await subscribe(200, { max_retries: 1, timeout: 30 });
    expect(endpoint).toMatchObject({
      ...{ url: receiver.url, events: ['new_lead', 'lead_update'], is_active: true, max_retries: 1, timeout: 30 },
      ...{ id: expect.any(String), secret: expect.stringMatching(/^whsec_/) },
    });

    const john = person();
    const id = await changeInGhl(accord.sandboxes, john);
    await eventually(() => expect(eventsAbout(receiver, john.email)).toHaveLength(1));
    const [created] = eventsAbout(receiver, john.email) as [ReturnType<typeof eventsAbout>[number]];
    expect(created).toMatchObject({ event: 'new_lead', type: 'new_lead', timestamp: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(created.data).toMatchObject({
      id: await accord.contactIdOf(id),
      name: 'John Doe',
      email: john.email,
      phone: john.phone,
    });
    expect(created.headers).toMatchObject({ 'content-type': 'application/json', 'x-webhook-event': 'new_lead' });
    expectVerified(created, endpoint.secret);

    receiver.next.push(500);
    await changeInGhl(accord.sandboxes, { id, firstName: 'Johnny' });
    await eventually(() => expect(eventsAbout(receiver, john.email)).toHaveLength(3));
    const [, failed, retried] = eventsAbout(receiver, john.email);
    expect(failed).toMatchObject({ event: 'lead_update', data: { name: 'Johnny Doe', changes: { name: 'Johnny Doe' } } });
    expect(retried?.deliveryId).toBe(failed?.deliveryId);
    expect(retried?.body).toEqual(failed?.body);

    receiver.usually = 500;
    await changeInGhl(accord.sandboxes, { id, firstName: 'Jack' });
    await eventually(async () => expect((await deliveriesOf(endpoint)).at(-1)?.state).toBe('dead'));
    expect((await deliveriesOf(endpoint)).map(({ state, attempts }) => [state, attempts])).toEqual([
      ['delivered', 1],
      ['delivered', 2],
      ['dead', 2],
    ]);

    const { data: dead } = await call<{ data: { id: string }[] }>('GET', `/deliveries/?state=dead&endpoint_id=${endpoint.id}`);
    expect(dead).toMatchObject([{ event_type: 'lead_update', attempts: 2, last_status: 500, dead_reason: 'exhausted' }]);
    const reviewed = await call<{ attempt_log: unknown[] }>('GET', `/deliveries/${dead[0]?.id}`);
    expect(reviewed).toMatchObject({ payload: { event: 'lead_update', data: { name: 'Jack Doe' } } });
    expect(reviewed.attempt_log).toMatchObject([
      { number: 1, status: 500, response_body: 'no', request_headers: { 'X-Webhook-Event': 'lead_update' } },
      { number: 2, status: 500, error: expect.any(String), remote_address: '127.0.0.1' },
    ]);

    // It recovers: with the next event it gets the deliveries that it missed.
    receiver.usually = 200;
    const jane = person();
    await changeInGhl(accord.sandboxes, { ...jane, firstName: 'Jane' });
    await eventually(() => expect(eventsAbout(receiver, jane.email)).toHaveLength(1));
    await eventually(async () =>
      expect((await deliveriesOf(endpoint)).map(({ state }) => state)).toEqual(Array(4).fill('delivered')),
    );
    expect(eventsAbout(receiver, john.email).at(-1)?.data).toMatchObject({ name: 'Jack Doe' });
    await call('DELETE', `/${endpoint.id}`);
  });
});

/** Verifies as the sample of the guide does, and with the library of Standard Webhooks. */
function expectVerified({ headers, body }: Received, secret: string): void {
  const expected = createHmac('sha256', secret).update(body).digest('hex');
  expect(timingSafeEqual(Buffer.from(String(headers['x-webhook-signature'])), Buffer.from(expected))).toBe(true);
  const verified = new Webhook(secret).verify(body.toString(), headers as Record<string, string>);
  expect(verified).toMatchObject({ id: headers['webhook-id'] });
}

describe('a subscriber that hangs', () => {
  it('delays no other subscriber', async () => {
    const hanging = await subscribe('hang', { timeout: 30 });
    const healthy = await subscribe();
    const people = Array.from({ length: 12 }, person);
    for (const each of people) await changeInGhl(accord.sandboxes, each);
    await eventually(() => {
      for (const { email } of people) expect(eventsAbout(healthy.receiver, email)).toHaveLength(1);
    }, 20_000);
    expect((await deliveriesOf(hanging.endpoint)).every(({ state }) => state === 'pending')).toBe(true);
    expect((await deliveriesOf(healthy.endpoint)).length).toBeGreaterThanOrEqual(12);
    for (const { endpoint } of [hanging, healthy]) await call('DELETE', `/${endpoint.id}`);
  });
});
