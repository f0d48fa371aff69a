import type { ZodType } from 'zod';

/** A sandbox's knobs: given at the start, changed while it runs, back to the start's on reset. Not stored. */
export interface Settings<T> {
  readonly current: T;
  /** Throws a ZodError when the outcome is no valid set of settings, and changes nothing then. */
  patch(patch: unknown): T;
  reset(): void;
}

export function createSettings<T extends object>(schema: ZodType<T>, initial: unknown): Settings<T> {
  const atStart = schema.parse(initial ?? {});
  let current = atStart;
  return {
    get current() {
      return current;
    },
    patch(patch) {
      current = schema.parse({ ...current, ...(patch as object) });
      return current;
    },
    reset() {
      current = atStart;
    },
  };
}
