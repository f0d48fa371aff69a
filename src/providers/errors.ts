/** A failed provider call. Subclasses name the consequence: `activities/failures.ts` decides retries by class. */
export abstract class ProviderError extends Error {
  /** The account's id. */
  provider: string;
  /** The attempted operation, such as `read contact`. */
  readonly operation: string;
  /** HTTP status; null without a response. */
  readonly status: number | null;
  /** The vendor's id of the request, for support cases. */
  readonly traceId: string | null;
  remedy: string | null | undefined;

  constructor(facts: ProviderErrorFacts) {
    super(facts.message);
    this.name = new.target.name;
    this.provider = facts.provider;
    this.operation = facts.operation;
    this.status = facts.status ?? null;
    this.traceId = facts.traceId ?? null;
    this.remedy = facts.remedy;
    if (facts.cause !== undefined) this.cause = facts.cause;
  }

  /** Changes an error of a vendor's code, which knows the first account only, into one of another account. */
  attributeTo(provider: string, rename: (text: string) => string): void {
    if (this.provider === provider) return;
    this.provider = provider;
    this.message = rename(this.message);
    if (this.remedy) this.remedy = rename(this.remedy);
  }
}

/** The `operation` of every provider's create. After a lost response to a create, another one must wait: it could make a duplicate. */
export const createOperation = 'create contact';

export interface ProviderErrorFacts {
  provider: string;
  operation: string;
  /** One sentence for operators, without personal data or secrets. */
  message: string;
  /** The remedy, appended to the message. Null if the message contains it. Default: the suggestion for the error class. */
  remedy?: string | null;
  status?: number | null;
  traceId?: string | null;
  cause?: unknown;
}

/** Rate limit exceeded. Retry after `retryAfterSeconds`; null means our own back-off applies. */
export class RateLimitError extends ProviderError {
  readonly retryAfterSeconds: number | null;
  constructor(facts: ProviderErrorFacts & { retryAfterSeconds: number | null }) {
    super(facts);
    this.retryAfterSeconds = facts.retryAfterSeconds;
  }
}

/** A 5xx, a timeout, a broken connection or an unreadable response. A write may have landed. Retry. */
export class UnavailableError extends ProviderError {
  readonly retryAfterSeconds: number | null;
  /** The vendor says that an earlier create with this reference succeeded, and shows no record of it: not yet, or not any more. */
  readonly hasLanded: boolean;
  constructor(facts: ProviderErrorFacts & { retryAfterSeconds?: number | null; hasLanded?: boolean }) {
    super(facts);
    this.retryAfterSeconds = facts.retryAfterSeconds ?? null;
    this.hasLanded = facts.hasLanded ?? false;
  }
}

/** The credentials are wrong, expired or lack a permission. No retry until an operator acts. */
export class AuthenticationError extends ProviderError {}

/** The provider will never accept this request. No retry until the contact or the settings change. */
export class InvalidRequestError extends ProviderError {}

/** The vendor sent a record in a form that cannot be mapped, so its values are unknown. No retry until the record changes. */
export class UnreadableRecordError extends ProviderError {
  /** Null when the row has no id. */
  readonly externalId: string | null;
  /** Names the fields and the types of their values, never the values. */
  readonly reason: string;
  constructor(facts: ProviderErrorFacts & { externalId: string | null; reason: string }) {
    super(facts);
    this.externalId = facts.externalId;
    this.reason = facts.reason;
  }
}

/** The record does not exist (any more). */
export class NotFoundError extends ProviderError {}

/** The record changed since it was read. Read it again and plan a new write. */
export class PreconditionFailedError extends ProviderError {}

/** The vendor no longer accepts our cursor. List everything and start over. */
export class ExpiredCursorError extends ProviderError {}

/** Another record has the same key (`existingId`, null when unknown), or the record's state contradicts the write. */
export class ConflictError extends ProviderError {
  readonly existingId: string | null;
  constructor(facts: ProviderErrorFacts & { existingId?: string | null }) {
    super(facts);
    this.existingId = facts.existingId ?? null;
  }
}
