/** Shifts `Date` in this process by some milliseconds until the returned function is called. Timers are not affected. */
export function shiftClock(ms: number): () => void {
  const RealDate = Date;
  class ShiftedDate extends RealDate {
    constructor(...parts: unknown[]) {
      if (parts.length === 0) super(RealDate.now() + ms);
      else super(...(parts as [number]));
    }
    static override now(): number {
      return RealDate.now() + ms;
    }
  }
  globalThis.Date = ShiftedDate as DateConstructor;
  return () => {
    globalThis.Date = RealDate;
  };
}
