import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const square = await startHarness();
const { api, control, create, events: webhooks, sandbox } = square;
const search = async (body: object = {}) => (await api('POST', '/events', body)).json;
const typesOf = ({ events = [] }: { events?: { type: string }[] }) => events.map(({ type }) => type);

beforeEach(() => square.reset());
afterAll(() => square.close());

describe('the Events API, Square docs', () => {
  it('contains only events that happened while it was enabled', async () => {
    await create({ given_name: 'before' });
    expect((await api('PUT', '/events/enable')).text).toBe('{}');
    await api('DELETE', `/customers/${await create({ given_name: 'during' })}`);
    await api('PUT', '/events/disable');
    await create({ given_name: 'after' });
    expect(typesOf(await search())).toEqual(['customer.created', 'customer.deleted']);
  });

  it('contains events whose webhooks were lost, under the same ids', async () => {
    await api('PUT', '/events/enable');
    await create({ given_name: 'sent' });
    const [sent] = await webhooks();
    await control('PUT', '/webhooks', { drop: 1 });
    await create({ given_name: 'lost' });
    expect(await webhooks()).toHaveLength(1);
    const { events, metadata } = await search();
    expect(events[0]).toEqual(sent?.json);
    expect(events[1].data.object.customer.given_name).toBe('lost');
    expect(metadata[0]).toEqual({ event_id: sent?.json.event_id, api_version: '2026-09-16' });
  });

  it('is searched by type, seller and time, in either order, page by page', async () => {
    await api('PUT', '/events/enable');
    await api('DELETE', `/customers/${await create({ given_name: 'Ada' })}`);
    sandbox.clock.advance(60_000);
    await create({ given_name: 'Bob' });
    const start_at = new Date(sandbox.clock.now() - 30_000).toISOString();
    const filtered = (filter: object) => search({ query: { filter } }).then(typesOf);
    expect(await filtered({ event_types: ['customer.deleted'] })).toEqual(['customer.deleted']);
    expect(await filtered({ merchant_ids: ['SOMEBODY'] })).toEqual([]);
    expect(await filtered({ created_at: { start_at } })).toEqual(['customer.created']);
    expect(await filtered({ created_at: { end_at: start_at } })).toEqual(['customer.created', 'customer.deleted']);

    const query = { sort: { field: 'DEFAULT', order: 'DESC' } };
    const first = await search({ limit: 2, query });
    expect(typesOf(first)).toEqual(['customer.created', 'customer.deleted']);
    const { cursor, ...last } = await search({ limit: 2, query, cursor: first.cursor });
    expect([typesOf(last), cursor]).toEqual([['customer.created'], undefined]);
  });

  it('removes events after 28 days', async () => {
    await api('PUT', '/events/enable');
    await create({ given_name: 'Ada' });
    sandbox.clock.advance(28 * 86_400_000);
    expect(await search()).toEqual({});
  });

  it('lists the event types', async () => {
    const { event_types } = (await api('GET', '/events/types')).json;
    expect(event_types).toEqual([
      ...['customer.created', 'customer.updated', 'customer.deleted'],
      ...[
        'customer.custom_attribute.visible.updated',
        'customer.custom_attribute.visible.deleted',
        'oauth.authorization.revoked',
      ],
    ]);
  });
});
