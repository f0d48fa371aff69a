/** A clock that the schedule advances. Each reading advances it by a millisecond, so that no two changes have the same time. */
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
