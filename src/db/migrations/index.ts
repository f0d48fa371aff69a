import type { Migration } from 'kysely';
import * as contactStore from './0001-contact-store.ts';
import * as hub from './0002-hub.ts';
import * as leadWebhooks from './0003-lead-webhooks.ts';
import * as webhookDrains from './0004-webhook-drains.ts';
import * as operationalEvents from './0005-operational-events.ts';
import * as drainTokens from './0006-drain-tokens.ts';
import * as replayedEvents from './0007-replayed-events.ts';
import * as submissions from './0008-submissions.ts';
import * as refusedKeys from './0009-refused-keys.ts';
import * as textsReadAsEmpty from './0010-texts-read-as-empty.ts';
import * as confirmations from './0011-confirmations.ts';
import * as oauthTokenState from './0012-oauth-token-state.ts';
import * as contactMerges from './0013-contact-merges.ts';
import * as recordRetention from './0014-record-retention.ts';
import * as keyExpiry from './0015-key-expiry.ts';
import * as doubles from './0016-doubles.ts';
import * as refusedChannels from './0017-refused-channels.ts';
import * as matchKeys from './0018-match-keys.ts';
import * as workerLeases from './0019-worker-leases.ts';
import * as accounts from './0020-accounts.ts';
import * as matchReasons from './0021-match-reasons.ts';
import * as goLiveUndo from './0022-go-live-undo.ts';
import * as connections from './0023-connections.ts';
import * as contactSearch from './0024-contact-search.ts';
import * as adminSessions from './0026-admin-sessions.ts';
import * as imports from './0027-imports.ts';
import * as consent from './0030-consent.ts';
import * as erasures from './0031-erasures.ts';
import * as portalAndRates from './0033-portal-and-rates.ts';
import * as deletes from './0034-deletes.ts';
import * as listIndexes from './0058-list-indexes.ts';
import * as echoes from './0059-echoes.ts';
import * as incidents from './0060-incidents.ts';
import * as changeTraces from './0061-change-traces.ts';
import * as deletedCreates from './0062-deleted-creates.ts';

/** In the order of their names. A merged migration is never edited: the next one corrects it. Functions go to `../functions`. */
export const migrations: Record<string, Migration> = {
  '0001-contact-store': contactStore,
  '0002-hub': hub,
  '0003-lead-webhooks': leadWebhooks,
  '0004-webhook-drains': webhookDrains,
  '0005-operational-events': operationalEvents,
  '0006-drain-tokens': drainTokens,
  '0007-replayed-events': replayedEvents,
  '0008-submissions': submissions,
  '0009-refused-keys': refusedKeys,
  '0010-texts-read-as-empty': textsReadAsEmpty,
  '0011-confirmations': confirmations,
  '0012-oauth-token-state': oauthTokenState,
  '0013-contact-merges': contactMerges,
  '0014-record-retention': recordRetention,
  '0015-key-expiry': keyExpiry,
  '0016-doubles': doubles,
  '0017-refused-channels': refusedChannels,
  '0018-match-keys': matchKeys,
  '0019-worker-leases': workerLeases,
  '0020-accounts': accounts,
  '0021-match-reasons': matchReasons,
  '0022-go-live-undo': goLiveUndo,
  '0023-connections': connections,
  '0024-contact-search': contactSearch,
  '0026-admin-sessions': adminSessions,
  '0027-imports': imports,
  '0030-consent': consent,
  '0031-erasures': erasures,
  '0033-portal-and-rates': portalAndRates,
  '0034-deletes': deletes,
  '0058-list-indexes': listIndexes,
  '0059-echoes': echoes,
  '0060-incidents': incidents,
  '0061-change-traces': changeTraces,
  '0062-deleted-creates': deletedCreates,
};
