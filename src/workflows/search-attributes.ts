import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** The search attributes of the Web UI. They never hold personal data: search attributes are not encrypted. */
export const searchAttributes = {
  /** `Parked` while a lane is parked, `InSync` once all lanes have recovered; unset when no lane has ever parked. */
  syncStatus: defineSearchAttributeKey('SyncStatus', SearchAttributeType.KEYWORD),
  parkedProviders: defineSearchAttributeKey('ParkedProviders', SearchAttributeType.KEYWORD_LIST),
  /** `open` while an endpoint's breaker is open; otherwise unset. */
  webhookBreaker: defineSearchAttributeKey('WebhookBreaker', SearchAttributeType.KEYWORD),
  lastErrorType: defineSearchAttributeKey('LastErrorType', SearchAttributeType.KEYWORD),
  /** The records of a contact, such as `square:ABC`: they lead from a vendor's page to the workflow. */
  externalIds: defineSearchAttributeKey('AccordExternalId', SearchAttributeType.KEYWORD_LIST),
};
