import type { ZodType } from 'zod';

/** A sandbox's settings. They can change while it runs; a reset brings back the initial ones. They are not stored. */
export interface Settings<T> {
  readonly current: T;
  /** Throws a ZodError, and changes nothing, when the result is not valid. */
  patch(patch: unknown): T;
  reset(): void;
}

/** Throws a ZodError when the initial settings are not valid. */
export function createSettings<T extends object>(schema: ZodType<T>, initial: unknown): Settings<T> {
  const atStart = schema.parse(initial ?? {});
  let current = atStart;
  return {
    get current() {
      return current;
    },
    patch(patch) {
      current = schema.parse(Object.assign({}, current, patch));
      return current;
    },
    reset() {
      current = atStart;
    },
  };
}
