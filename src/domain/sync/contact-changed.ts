import type { Priority } from './priority.ts';

/** A change of a contact. It carries ids only, because the values are read again at their provider. */
export interface ContactChanged {
  /** Links whose record changed at the provider and must be read. */
  observe: LinkToObserve[];
  /** Providers that may be out of step because the contact changed in Accord itself. */
  push: string[];
  priority: Priority;
  /** Absent where nothing arrived: a person retries, or a decision is followed. */
  arrival?: Arrival;
}

/** The arrival of a change in Accord. Of changes that are worked on together, that of the oldest one. */
export interface Arrival {
  /** Milliseconds since 1970. */
  at: number;
  /** The trace context of the request that brought it. Absent without one. */
  traceparent?: string;
}

export const toArrival = (at: Date, traceparent: string | null | undefined): Arrival => ({
  at: at.getTime(),
  ...(traceparent && { traceparent }),
});

export interface LinkToObserve {
  linkId: string;
  provider: string;
}
