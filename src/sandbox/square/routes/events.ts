import { Router } from 'express';
import { z } from 'zod';
import { withCode } from '#sandbox/square/parse-body.ts';
import { readCursor, writeCursor } from '#sandbox/square/search/cursor.ts';
import { eventTypes } from '#sandbox/square/settings.ts';
import type { Vendor } from '#sandbox/square/vendor.ts';
import type { WebhookEvent } from '#sandbox/square/webhooks/payload.ts';

const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)), withCode('INVALID_TIME', 'Expected an RFC 3339 time.'));
const names = z.array(z.string()).optional();
const eventsBody = z.object({
  cursor: z.string().max(256).optional(),
  limit: z.int().min(1).max(100).default(100),
  query: z
    .object({
      filter: z
        .object({
          event_types: names,
          merchant_ids: names,
          created_at: z.object({ start_at: time.optional(), end_at: time.optional() }).optional(),
        })
        .prefault({}),
      sort: z.object({ order: z.enum(['ASC', 'DESC']).default('ASC') }).prefault({}),
    })
    .prefault({}),
});
type EventsBody = z.output<typeof eventsBody>;

/** Square docs (Events API, beta): requires a personal access token. Events are stored only after it is enabled. */
export function eventRoutes(vendor: Vendor): Router {
  const { gate, archive, settings } = vendor;
  const router = Router();
  const turn = (on: boolean) => () => {
    archive.enable(on);
    return {};
  };
  router.put('/enable', gate({ needs: 'personal', handle: turn(true) }));
  router.put('/disable', gate({ needs: 'personal', handle: turn(false) }));
  router.get(
    '/types',
    gate({
      needs: 'personal',
      handle() {
        const release = { api_version_introduced: settings().squareVersion, release_status: 'PUBLIC' };
        return { event_types: [...eventTypes], metadata: eventTypes.map((event_type) => ({ event_type, ...release })) };
      },
    }),
  );
  router.post('/', gate({ needs: 'personal', body: eventsBody, handle: ({ body }) => searchEvents(vendor, body) }));
  return router;
}

function searchEvents({ archive, clock, settings }: Vendor, { cursor, limit, query }: EventsBody): object {
  const { cursorLifeMs, squareVersion } = settings();
  const found = archive.all().filter((event) => isWanted(event, query.filter));
  const sorted = query.sort.order === 'ASC' ? found : found.toReversed();
  const start = cursor ? Number(readCursor(cursor, query, { clock, lifeMs: cursorLifeMs })[0]) : 0;
  const events = sorted.slice(start, start + limit);
  if (events.length === 0) return {};
  const isLast = start + limit >= sorted.length;
  return {
    events,
    metadata: events.map(({ event_id }) => ({ event_id, api_version: squareVersion })),
    ...(!isLast && { cursor: writeCursor([start + limit, ''], query, clock) }),
  };
}

function isWanted(event: WebhookEvent, { event_types, merchant_ids, created_at }: EventsBody['query']['filter']): boolean {
  if (event_types && !event_types.includes(event.type)) return false;
  if (merchant_ids && !merchant_ids.includes(event.merchant_id)) return false;
  const at = Date.parse(event.created_at);
  if (created_at?.start_at !== undefined && at < Date.parse(created_at.start_at)) return false;
  return created_at?.end_at === undefined || at <= Date.parse(created_at.end_at);
}
