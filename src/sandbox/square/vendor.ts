import type { SandboxContext } from '#sandbox/core/sandbox.ts';
import { createCustomAttributes } from './custom-attributes.ts';
import { createCustomerBook } from './customers/customer-book.ts';
import { createCustomerWriter } from './customers/customer-writer.ts';
import { createMerger } from './customers/merger.ts';
import { createGate } from './gate.ts';
import { createGroups } from './groups.ts';
import { createIdempotency } from './idempotency.ts';
import { createRateLimit } from './rate-limit.ts';
import { createCustomerIndex } from './search/customer-index.ts';
import type { SquareSettings } from './settings.ts';
import { createTokens } from './tokens.ts';
import { createEventArchive } from './webhooks/event-archive.ts';
import { createNotifier } from './webhooks/notifier.ts';
import { createSubscriptions } from './webhooks/subscriptions.ts';

export type Vendor = ReturnType<typeof createVendor>;

/** The parts of Square that the routes use. */
export function createVendor(context: SandboxContext<SquareSettings>) {
  const { store, clock } = context;
  const settings = () => context.settings.current;
  const book = createCustomerBook(store);
  const groups = createGroups(store, clock);
  const archive = createEventArchive(context);
  const subscriptions = createSubscriptions(store, clock);
  const notifier = createNotifier(context, archive, subscriptions);
  const attributes = createCustomAttributes(store, clock, notifier.notifyAttribute);
  const writer = createCustomerWriter({ store, clock, book, notifier, settings });
  const merger = createMerger({ store, clock, book, notifier, writer, settings });
  const index = createCustomerIndex(book, clock, settings);
  const idempotency = createIdempotency(context, book);
  const tokens = createTokens(context);
  const gate = createGate({ spend: createRateLimit(clock, settings), settings, tokens, now: () => clock.now() });
  return {
    tokens,
    settings,
    store,
    clock,
    book,
    groups,
    archive,
    notifier,
    attributes,
    subscriptions,
    writer,
    merger,
    index,
    idempotency,
    gate,
  };
}
