import type { ProviderValues, RecordPatch } from '#domain/contact.ts';
import { itemKeys, sameValue } from '#domain/equality.ts';
import {
  ConflictError,
  createOperation,
  InvalidRequestError,
  NotFoundError,
  PreconditionFailedError,
  RateLimitError,
  UnavailableError,
} from '#providers/errors.ts';
import type { CallOptions, ProviderClient, ProviderRecord, RecordLookup, WriteResult } from '#providers/provider.ts';
import { Activity } from './activity.ts';
import type { FakeClock } from './clock.ts';
import { type FaultKind, Faults, type Operation } from './faults.ts';
import { currentOf, type ModelRecord, patched, show, type Unseen, unseenBy } from './record.ts';
import { storedBy, type Traits } from './traits.ts';

export interface Write {
  operation: 'create' | 'update';
  externalId: string;
  cause: string;
  /** Whether the caller got an answer. */
  answered: boolean;
  /** Fields of the patch that already had its value. */
  needless: string[];
  unseen: Unseen[];
}

/** A request that changes a record, as the client sends it. */
export type SentRequest = { externalId: string | null } & (
  | { operation: 'create' | 'update'; patch: RecordPatch }
  | { operation: 'remove' }
);

interface UpdateCall {
  patch: RecordPatch;
  call: CallOptions & { version: string | null };
  answered: boolean;
}

const isAnswered = (fault: string | null): boolean => fault !== 'lost' && fault !== 'late' && fault !== 'crash-after';

/** An in-memory vendor: people edit its records, and a provider client reads and writes them. */
export class ModelProvider {
  readonly traits: Traits;
  readonly accountId: string;
  readonly faults = new Faults();
  readonly records: ModelRecord[] = [];
  readonly calls: { operation: Operation | 'list'; cause: string }[] = [];
  readonly writes: Write[] = [];
  /** Receives every change; the schedule decides the fate of its hint. */
  onChange: (record: ModelRecord) => void = () => {};
  onWrite: (write: Write) => void = () => {};
  /** Receives every write when the client sends it, before any fault. */
  onSend: (request: SentRequest) => void = () => {};
  readonly client: ProviderClient;
  readonly #clock: FakeClock;
  /** The answers to creates, by reference. */
  readonly #answers = new Map<string, { body: string; answer: WriteResult }>();
  #late: { due: number; land: () => unknown }[] = [];

  constructor(traits: Traits, accountId: string, clock: FakeClock) {
    this.traits = traits;
    this.accountId = accountId;
    this.#clock = clock;
    this.client = this.#connect();
  }

  get live(): ModelRecord[] {
    return this.records.filter(({ isDeleted }) => !isDeleted);
  }

  /** An edit by a person on the vendor's own pages. */
  createByHand(values: ProviderValues): ModelRecord {
    const record = this.#insert(storedBy(this.traits, values), null);
    this.onChange(record);
    return record;
  }

  editByHand(record: ModelRecord, change: (values: ProviderValues) => ProviderValues): void {
    this.#advance(record, storedBy(this.traits, change(structuredClone(currentOf(record).values))));
  }

  /** Changes only the version. */
  touch(record: ModelRecord): void {
    this.#advance(record, currentOf(record).values);
  }

  deleteByHand(record: ModelRecord): void {
    record.isDeleted = true;
    this.onChange(record);
  }

  /** Somebody takes a deleted record out of the vendor's bin, under its id. */
  restoreByHand(record: ModelRecord): void {
    record.isDeleted = false;
    this.touch(record);
  }

  /** As at Square: a new record with the values of the first one takes the place of both, whose ids are gone. */
  mergeByHand(one: ModelRecord, other: ModelRecord): ModelRecord {
    for (const record of [one, other]) record.isDeleted = true;
    const record = this.#insert(currentOf(one).values, null);
    this.onChange(record);
    return record;
  }

  /** Lands the writes that are due. */
  settleLate(): void {
    const due = this.#late.filter((late) => late.due <= this.#clock.ms);
    this.#late = this.#late.filter((late) => late.due > this.#clock.ms);
    for (const { land } of due) {
      try {
        land();
      } catch {
        // It was refused, and its caller no longer waits.
      }
    }
  }

  #connect(): ProviderClient {
    return {
      accountId: this.accountId,
      requestsPerSecond: 1_000,
      read: (externalId, call) => this.#call('read', call, (fault) => this.#read(externalId, call, fault)),
      find: (lookup, call) => this.#call('find', call, (fault) => this.#find(lookup, fault)),
      create: (patch, call) => {
        this.onSend({ operation: 'create', externalId: null, patch });
        return this.#call('create', call, (fault) => this.#landing(fault, () => this.#create(patch, call, isAnswered(fault))));
      },
      update: (externalId, patch, call) => {
        this.onSend({ operation: 'update', externalId, patch });
        return this.#call('update', call, (fault) =>
          this.#landing(fault, () => this.#update(externalId, { patch, call, answered: isAnswered(fault) })),
        );
      },
      // With the faults of an update.
      remove: async (externalId, call) => {
        this.onSend({ operation: 'remove', externalId });
        await this.#call('update', call, (fault) => this.#landing(fault, () => this.#remove(externalId)));
      },
      list: async () => {
        this.calls.push({ operation: 'list', cause: 'list' });
        return { records: this.live.map((record) => show(this.traits, record)), unreadable: [], cursor: null, total: null };
      },
    };
  }

  async #call<Result>(
    operation: Operation,
    call: CallOptions | undefined,
    perform: (fault: FaultKind | null) => Result,
  ): Promise<Result> {
    const activity = Activity.of(call?.signal);
    const fault = this.#possible(this.faults.take(operation));
    this.calls.push({ operation, cause: activity?.cause ?? '' });
    if (fault === 'hold-before') await activity?.hold();
    if (fault === 'crash-before') await activity?.die();
    const facts = { provider: this.traits.id, operation: operation === 'create' ? createOperation : `${operation} contact` };
    if (fault === 'unavailable') throw new UnavailableError({ ...facts, message: 'The model is down', status: 503 });
    if (fault === 'limited') throw new RateLimitError({ ...facts, message: 'Too many', status: 429, retryAfterSeconds: 1 });
    if (fault === 'refused') throw new InvalidRequestError({ ...facts, message: 'The model says no', status: 400 });
    this.settleLate();
    const result = await settle(() => perform(fault));
    if (fault === 'crash-after') await activity?.die();
    if (fault === 'hold-after') await activity?.hold();
    if (fault === 'lost' || fault === 'late') throw new UnavailableError({ ...facts, message: 'No answer' });
    if ('error' in result) throw result.error;
    return result.value;
  }

  /** An unanswered write that the vendor rewrites silently looks like an edit: no rule can tell. */
  #possible(fault: FaultKind | null): FaultKind | null {
    if (!this.traits.shouts || isAnswered(fault)) return fault;
    return fault === 'crash-after' ? 'crash-before' : 'unavailable';
  }

  #read(externalId: string, call: CallOptions | undefined, fault: string | null): ProviderRecord {
    const record = this.#get(externalId, 'read contact');
    if (fault === 'missing' && this.#clock.ms - (record.missedSince ?? this.#clock.ms) < this.traits.lagSeconds * 1_000) {
      record.missedSince ??= this.#clock.ms;
      throw this.#notFound('read contact');
    }
    record.missedSince = null;
    const [before, current] = [record.versions.at(-2), currentOf(record)];
    const isFresh = this.#clock.ms - current.at < this.traits.lagSeconds * 1_000;
    // Without timestamps, an edit that our write overwrote unseen looks like a new one when a copy that lags shows it: no rule can tell.
    const canTell = this.traits.saysWhen || (before && record.known.has(before.number));
    const version = fault === 'stale' && before && isFresh && canTell ? before : current;
    if (fault !== 'crash-after') record.known.add(version.number);
    Activity.of(call?.signal)?.shown.set(externalId, version.number);
    if (version === current && fault !== 'crash-after') record.beforeUnheard = null;
    return show(this.traits, record, version);
  }

  #find({ reference, phones, emails }: RecordLookup, fault: string | null): ProviderRecord[] {
    const hits = this.live.filter((record) => {
      if (fault === 'missing' && this.#clock.ms - record.createdAt < this.traits.lagSeconds * 1_000) return false;
      return (
        (this.traits.keepsReference && reference !== null && record.reference === reference) || this.#has(record, phones, emails)
      );
    });
    return hits.map((record) => show(this.traits, record));
  }

  #create(patch: RecordPatch, call: CallOptions & { reference: string }, answered: boolean): WriteResult {
    const first = this.traits.isIdempotent ? this.#answers.get(call.reference) : undefined;
    if (first) return this.#repeat(first, patch);
    const values = patched(this.traits, {}, patch);
    const phones = (values.phones ?? []).flatMap(({ e164 }) => e164 ?? []);
    const emails = (values.emails ?? []).map(({ address }) => address);
    const twin = this.traits.duplicates === 'allowed' ? undefined : this.live.find((record) => this.#has(record, phones, emails));
    if (twin && this.traits.duplicates === 'refused') {
      const message = 'The model has a record with this phone number or email';
      throw new ConflictError({ provider: this.traits.id, operation: createOperation, message, existingId: twin.externalId });
    }
    const record = twin ?? this.#insert(values, call.reference);
    if (twin) this.#advance(twin, patched(this.traits, currentOf(twin).values, patch));
    else this.onChange(record);
    record.known.add(currentOf(record).number);
    const cause = Activity.of(call.signal)?.cause ?? '';
    this.#note({ operation: 'create', externalId: record.externalId, cause, answered, needless: [], unseen: [] });
    const answer: WriteResult = { outcome: twin ? 'merged' : 'created', record: show(this.traits, record) };
    this.#answers.set(call.reference, { body: JSON.stringify(patch), answer });
    return answer;
  }

  /** As at Square: repeats the first answer, and refuses another body with the same key. */
  #repeat({ body, answer }: { body: string; answer: WriteResult }, patch: RecordPatch): WriteResult {
    if (body === JSON.stringify(patch)) return answer;
    const message = 'The key of an earlier create was sent with another body';
    const existingId = answer.record.externalId;
    throw new ConflictError({ provider: this.traits.id, operation: createOperation, message, existingId });
  }

  #update(externalId: string, { patch, call, answered }: UpdateCall): WriteResult {
    const record = this.#get(externalId, 'update contact');
    const { hasPrecondition, id } = this.traits;
    if (hasPrecondition && call.version !== null && call.version !== show(this.traits, record).version) {
      throw new PreconditionFailedError({ provider: id, operation: 'update contact', message: 'The record has moved on' });
    }
    const activity = Activity.of(call.signal);
    const shown = hasPrecondition ? undefined : activity?.shown.get(externalId);
    const unseen = shown === undefined ? [] : unseenBy(record, shown, patch);
    const before = currentOf(record).values;
    const next = patched(this.traits, before, patch);
    const named = Object.keys(patch.set) as (keyof ProviderValues)[];
    const needless = named.filter((field) => sameValue(field, before[field], next[field]));
    record.beforeUnheard = answered ? null : (record.beforeUnheard ?? currentOf(record));
    this.#advance(record, next);
    record.known.add(currentOf(record).number);
    activity?.shown.set(externalId, currentOf(record).number);
    this.#note({ operation: 'update', externalId, cause: activity?.cause ?? '', answered, needless, unseen });
    return { outcome: 'updated', record: show(this.traits, record) };
  }

  #remove(externalId: string): void {
    this.deleteByHand(this.#get(externalId, 'delete contact'));
  }

  /** A write lands now, or some seconds after its caller gave up. Without a precondition, a late write would undo newer ones. */
  #landing<Result>(fault: string | null, land: () => Result): Result {
    if (fault !== 'late' || !this.traits.hasPrecondition) return land();
    this.#late.push({ due: this.#clock.ms + 3_000, land });
    return undefined as Result;
  }

  #insert(values: ProviderValues, reference: string | null): ModelRecord {
    const at = this.#clock.now().getTime();
    const record: ModelRecord = {
      externalId: `${this.accountId}-${this.records.length + 1}`,
      reference,
      isDeleted: false,
      createdAt: at,
      versions: [{ number: 1, at, values }],
      unmapped: {},
      known: new Set(),
      beforeUnheard: null,
      missedSince: null,
    };
    this.records.push(record);
    return record;
  }

  #advance(record: ModelRecord, values: ProviderValues): void {
    record.versions.push({ number: currentOf(record).number + 1, at: this.#clock.now().getTime(), values });
    this.onChange(record);
  }

  #note(write: Write): void {
    this.writes.push(write);
    this.onWrite(write);
  }

  #has(record: ModelRecord, phones: string[], emails: string[]): boolean {
    const { values } = currentOf(record);
    return (
      (values.phones ?? []).some((phone) => phones.includes(itemKeys.phones(phone))) ||
      (values.emails ?? []).some(({ address }) => emails.includes(address))
    );
  }

  #get(externalId: string, operation: string): ModelRecord {
    const record = this.live.find((each) => each.externalId === externalId);
    if (!record) throw this.#notFound(operation);
    return record;
  }

  #notFound(operation: string): NotFoundError {
    return new NotFoundError({ provider: this.traits.id, operation, message: 'No such record', status: 404 });
  }
}

async function settle<Value>(perform: () => Value): Promise<{ value: Value } | { error: unknown }> {
  try {
    return { value: await perform() };
  } catch (error) {
    return { error };
  }
}
