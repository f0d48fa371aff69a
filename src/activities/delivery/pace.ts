/** Keeps calls apart, so that there are at most so many in each second, and no burst. */
export class Pace {
  #freeAt = 0;

  /** Milliseconds until the next call may be made; 0 for now. Null for `perSecond` means no limit. */
  waitMs(perSecond: number | null, now: number): number {
    return perSecond === null ? 0 : Math.max(0, this.#freeAt - now);
  }

  take(perSecond: number | null, now: number): void {
    if (perSecond !== null) this.#freeAt = Math.max(this.#freeAt, now) + 1_000 / perSecond;
  }
}
