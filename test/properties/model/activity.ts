/** One run of observe or push, as its provider calls see it: they may make it wait, or end its process. */
export class Activity {
  readonly signal = new AbortController().signal;
  /** Which versions its reads showed, by record id: what it could know of when it wrote. */
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

  /** Resolves when the activity waits at a call, or is dead. */
  get interrupted(): Promise<void> {
    return this.#interrupted.promise;
  }

  /** Called by a provider call: the answer, or the request, is on its way until the schedule lets it go. */
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

  /** The process is gone: nothing after this call ever runs. */
  die(): Promise<never> {
    this.isDead = true;
    this.#interrupted.resolve();
    return new Promise(() => {});
  }
}
