import type { SandboxContext } from '#sandbox/core/sandbox.ts';
import { AddressBook } from './contacts/address-book.ts';
import { createContactWriter } from './contacts/contact-writer.ts';
import { createSearchCache } from './contacts/search-cache.ts';
import { createGroups } from './groups/groups.ts';
import { createEtagGuard } from './person/etag-guard.ts';
import { createGate } from './request/gate.ts';
import { createMutations } from './request/mutations.ts';
import { createQuota } from './request/quota.ts';
import type { GoogleSettings } from './settings.ts';
import { createChangeFeed } from './sync/change-feed.ts';
import { createSealedTokens } from './sync/sealed-tokens.ts';
import { createTimestamp } from './timestamp.ts';
import { createTokens } from './tokens.ts';

export type Account = ReturnType<typeof createAccount>;

/** One Google account with its contacts, and the parts that the routes use. */
export function createAccount(context: SandboxContext<GoogleSettings>) {
  const { store, clock } = context;
  const settings = () => context.settings.current;
  const timestamp = createTimestamp(clock);
  const feed = createChangeFeed(store, clock, () => settings().propagationDelayMs);
  const book = new AddressBook({ store, feed, timestamp });
  const groups = createGroups(store, timestamp);
  const writer = createContactWriter({ book, groups, checkEtag: createEtagGuard(settings), settings });
  const search = createSearchCache(book, clock, () => settings().searchWarmUpMs);
  const tokens = createTokens(context);
  const quota = createQuota(clock, settings);
  const gate = createGate({ tokens, quota, mutate: createMutations(clock, settings), settings });
  const sealed = createSealedTokens(store);
  return { settings, store, clock, feed, book, groups, writer, search, tokens, gate, sealed };
}
