/** One run of observe or push. Its provider calls may hold it, or end its process. */
export class Activity {
  readonly signal = new AbortController().signal;
  /** The versions that it has read, by record id: the knowledge behind its writes. */
  readonly shown = new Map<string, number>();
  readonly cause: string;
  isHeld = false;
  isDead = false;
  #interrupted: PromiseWithResolvers<void> = Promise.withResolvers();
  #released: PromiseWithResolvers<void> = Promise.withResolvers();
  static readonly #bySignal = new WeakMap<AbortSignal, Activity>();

  constructor(cause: string) {
    this.cause = cause;
    Activity.#bySignal.set(this.signal, this);
  }

  static of(signal: AbortSignal | undefined): Activity | undefined {
    return signal && Activity.#bySignal.get(signal);
  }

  /** Resolves when the activity is held at a call, or has crashed. */
  get interrupted(): Promise<void> {
    return this.#interrupted.promise;
  }

  /** Holds a provider call: its request or answer is in flight until the schedule releases it. */
  hold(): Promise<void> {
    this.isHeld = true;
    this.#interrupted.resolve();
    return this.#released.promise;
  }

  release(): void {
    this.isHeld = false;
    this.#interrupted = Promise.withResolvers();
    this.#released.resolve();
    this.#released = Promise.withResolvers();
  }

  /** Ends the process: nothing after this call runs. */
  die(): Promise<never> {
    this.isDead = true;
    this.#interrupted.resolve();
    return new Promise(() => {});
  }
}
