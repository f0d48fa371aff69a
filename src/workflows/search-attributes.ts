import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** What the Web UI can filter contacts and endpoints by. Never personal data: search attributes are not encrypted. */
export const searchAttributes = {
  /** `Parked` while some lane waits for a person, `InSync` after it came unstuck; unset where nothing ever failed. */
  syncStatus: defineSearchAttributeKey('SyncStatus', SearchAttributeType.KEYWORD),
  parkedProviders: defineSearchAttributeKey('ParkedProviders', SearchAttributeType.KEYWORD_LIST),
  /** `open` while a subscriber's endpoint is sent nothing because it kept failing; otherwise unset. */
  webhookBreaker: defineSearchAttributeKey('WebhookBreaker', SearchAttributeType.KEYWORD),
  lastErrorType: defineSearchAttributeKey('LastErrorType', SearchAttributeType.KEYWORD),
};
