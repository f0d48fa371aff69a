/** A run that fails may be shrunk for so long. */
const maxShrinkMs = 240_000;

/**
 * The predicate of a property whose shrinking ends after some minutes: fast-check's own time limits count the runs before a failure too, and
 * end those that pass as passed.
 */
export function withLimitedShrinking<Input>(play: (input: Input) => Promise<void>): (input: Input) => Promise<void> {
  let failedAt: number | null = null;
  return async (input) => {
    if (failedAt !== null && Date.now() - failedAt > maxShrinkMs) return;
    try {
      await play(input);
    } catch (error) {
      failedAt ??= Date.now();
      throw error;
    }
  };
}
