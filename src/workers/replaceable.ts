/** A part of the process that is replaced as a whole. */
export interface Generation {
  /** Resolves after `close`; rejects after a fatal error. */
  ended: Promise<void>;
  /** Waits for the work in progress. */
  close(): Promise<void>;
}

/**
 * Starts a generation, and replaces it on request: the next one starts when the last one has ended, so that never two work at once. When
 * the next one cannot start, `replace` rejects and may be called again. `ended` rejects when a generation fails.
 */
export async function runReplaceable<Input, G extends Generation>(
  start: (input: Input, before: G | null) => Promise<G>,
  input: Input,
): Promise<Generation & { replace(input: Input): Promise<void> }> {
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  let isClosing = false;
  let current = await start(input, null);
  current.ended.catch(reject);

  return {
    ended,
    async replace(next) {
      if (isClosing) return;
      await current.close();
      current = await start(next, current);
      current.ended.catch(reject);
    },
    async close() {
      isClosing = true;
      await current.close().then(resolve, reject);
    },
  };
}
