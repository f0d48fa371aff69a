import { RecordBusyError } from '#activities/failures.ts';
import type { PlannedRecord } from './plan-write.ts';

export interface PushResult {
  outcome: 'in-step' | 'created' | 'adopted' | 'updated' | 'missing' | 'gone';
  /** Other providers that are out of step after changes found in the record. */
  outOfStep: string[];
  /** Present when the record was not found, which a second read must confirm. */
  again?: ReadAgain;
}

export interface ReadAgain {
  linkId: string;
  afterMs: number;
}

export interface RoundResult {
  /** `read`: the record was observed and nothing was written. */
  outcome: PushResult['outcome'] | 'read';
  outOfStep: string[];
  again?: ReadAgain;
}

export interface Pushed {
  result: PushResult;
  /** The first error; null when no record failed. */
  failure: { error: unknown; isDouble: boolean } | null;
}

/** Rounds of read and write per record and activity attempt. More are needed only while others edit the record as fast as we write. */
const maxRounds = 5;

/** The progress of one push over the records of a contact at one provider. */
export class PushProgress {
  /** The link whose record was read in the last round. */
  justReadId: string | null = null;
  /** Links that this push is done with, though they are out of step: missing or refused. */
  readonly except = new Set<string>();
  readonly #push: { contactId: string; provider: string };
  readonly #rounds = new Map<string, number>();
  readonly #outOfStep = new Set<string>();
  #outcome: PushResult['outcome'] = 'in-step';
  #again: ReadAgain | null = null;
  #failure: Pushed['failure'] = null;

  constructor(push: { contactId: string; provider: string }) {
    this.#push = push;
  }

  /** Counts a round. Throws when the record needs too many. */
  begin({ linkId }: PlannedRecord): void {
    const rounds = (this.#rounds.get(linkId) ?? 0) + 1;
    this.#rounds.set(linkId, rounds);
    const { contactId, provider } = this.#push;
    if (rounds > maxRounds)
      throw new RecordBusyError(`The record of ${contactId} at ${provider} changes faster than it can be written`);
  }

  /** Takes in the result of a round. True when no other round is needed. */
  isDoneWith(record: PlannedRecord, { outcome, outOfStep, again }: RoundResult): boolean {
    for (const provider of outOfStep) this.#outOfStep.add(provider);
    this.justReadId = outcome === 'read' ? record.linkId : null;
    if (outcome !== 'read') this.#count(outcome, record);
    if (again) {
      this.#again ??= again;
      this.except.add(record.linkId);
      return !record.hasOthers;
    }
    // An adopted record may lack values, a read may have changed the plan, and somebody may have refused while the write was under way.
    const mayBeOutOfStep = outcome === 'read' || outcome === 'adopted' || outOfStep.includes(this.#push.provider);
    return !mayBeOutOfStep && !record.hasOthers;
  }

  /** Leaves out a record whose write failed. */
  fail({ linkId, isDouble }: PlannedRecord, error: unknown): void {
    this.#failure ??= { error, isDouble };
    this.except.add(linkId);
  }

  end(): Pushed {
    const outOfStep = [...this.#outOfStep].filter((provider) => provider !== this.#push.provider);
    const result = { outcome: this.#outcome, outOfStep, ...(this.#again && { again: this.#again }) };
    return { result, failure: this.#failure };
  }

  /** The outcome at the primary record, where the push did anything there. */
  #count(outcome: PushResult['outcome'], { isDouble }: PlannedRecord): void {
    const isLost = outcome === 'missing' || outcome === 'gone';
    if (this.#outcome === 'adopted' || (isDouble && (isLost || this.#outcome !== 'in-step'))) return;
    this.#outcome = outcome;
  }
}
