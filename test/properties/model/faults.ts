export type Operation = 'read' | 'find' | 'create' | 'update';

/**
 * The faults of a call:
 * - `unavailable`, `limited`, `refused`: nothing lands, and the caller gets an error
 * - `lost`: it lands, and the caller gets no answer
 * - `late`: the caller gets no answer, and it lands some seconds later
 * - `stale`: the answer shows an earlier state
 * - `missing`: an existing record is not found
 * - `crash-before`, `crash-after`: our process ends before the call, or after it has landed
 * - `hold-before`, `hold-after`: the request or its answer is in flight for a while
 */
export type FaultKind =
  | 'unavailable'
  | 'limited'
  | 'refused'
  | 'lost'
  | 'late'
  | 'stale'
  | 'missing'
  | 'crash-before'
  | 'crash-after'
  | 'hold-before'
  | 'hold-after';

const common: readonly FaultKind[] = ['unavailable', 'limited', 'crash-before', 'crash-after', 'hold-before', 'hold-after'];

export const possibleFaults: Record<Operation, readonly FaultKind[]> = {
  read: [...common, 'stale', 'missing'],
  find: [...common, 'missing'],
  create: [...common, 'refused', 'lost', 'late'],
  update: [...common, 'refused', 'lost', 'late'],
};

/** Pending faults, for the next call of their operation. */
export class Faults {
  #waiting: { operation: Operation; kind: FaultKind }[] = [];

  add(operation: Operation, kind: FaultKind): void {
    this.#waiting.push({ operation, kind });
  }

  take(operation: Operation): FaultKind | null {
    const index = this.#waiting.findIndex((fault) => fault.operation === operation);
    return index === -1 ? null : (this.#waiting.splice(index, 1)[0]?.kind ?? null);
  }

  clear(): void {
    this.#waiting = [];
  }
}
