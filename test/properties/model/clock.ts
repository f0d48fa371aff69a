/** Time that passes when the schedule says so. Every look at it is a millisecond later, so that no two changes are of one time. */
export class FakeClock {
  #at = Date.now();

  now = (): Date => {
    this.#at += 1;
    return new Date(this.#at);
  };

  get ms(): number {
    return this.#at;
  }

  advance(seconds: number): void {
    this.#at += seconds * 1_000;
  }
}
