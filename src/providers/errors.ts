/** What went wrong at a provider, named by what follows from it. `activities/failures.ts` decides retries by class. */
export abstract class ProviderError extends Error {
  readonly provider: string;
  /** What we tried, such as `read contact`. */
  readonly operation: string;
  readonly status: number | null;
  /** The vendor's id of the request, for a support case. */
  readonly traceId: string | null;

  constructor(facts: ProviderErrorFacts) {
    super(facts.message);
    this.name = new.target.name;
    this.provider = facts.provider;
    this.operation = facts.operation;
    this.status = facts.status ?? null;
    this.traceId = facts.traceId ?? null;
    if (facts.cause !== undefined) this.cause = facts.cause;
  }
}

/** The `operation` of every provider's create: the one call whose lost answer must not be followed by another at once. */
export const createOperation = 'create contact';

export interface ProviderErrorFacts {
  provider: string;
  operation: string;
  /** One sentence for a person; no personal data, no secret. */
  message: string;
  status?: number | null;
  traceId?: string | null;
  cause?: unknown;
}

/** Slow down. Retry after `retryAfterSeconds`, or by our own back-off where the vendor does not say. */
export class RateLimitError extends ProviderError {
  readonly retryAfterSeconds: number | null;
  constructor(facts: ProviderErrorFacts & { retryAfterSeconds: number | null }) {
    super(facts);
    this.retryAfterSeconds = facts.retryAfterSeconds;
  }
}

/** Down, slow, or answering nonsense: a 5xx, a timeout, a broken connection. The write may have landed. Retry. */
export class UnavailableError extends ProviderError {
  readonly retryAfterSeconds: number | null;
  constructor(facts: ProviderErrorFacts & { retryAfterSeconds?: number | null }) {
    super(facts);
    this.retryAfterSeconds = facts.retryAfterSeconds ?? null;
  }
}

/** The key is wrong, expired or lacks a permission. A person must act; no retry until then. */
export class AuthenticationError extends ProviderError {}

/** The provider will never accept this as it is. No retry until the contact or the settings change. */
export class InvalidRequestError extends ProviderError {}

/** The record is gone. */
export class NotFoundError extends ProviderError {}

/** The record changed since we read it: look again, and decide anew. */
export class PreconditionFailedError extends ProviderError {}

/** The vendor no longer knows from where we ask for changes: list everything, and begin anew. */
export class ExpiredCursorError extends ProviderError {}

/** Another record holds the same key (`existingId`), or the record is in a state that contradicts the write. */
export class ConflictError extends ProviderError {
  readonly existingId: string | null;
  constructor(facts: ProviderErrorFacts & { existingId?: string | null }) {
    super(facts);
    this.existingId = facts.existingId ?? null;
  }
}
