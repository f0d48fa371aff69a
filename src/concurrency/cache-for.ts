/**
 * Runs `read` at most once in `ms` for each key; calls in between share its promise. A failure is not cached. A read that takes long is
 * cached longer, so that reads fill at most `maxShare` of the time.
 */
export function cacheFor<Key extends object, Value>(
  ms: number,
  read: (key: Key) => Promise<Value>,
  { maxShare = 1 }: { maxShare?: number } = {},
): (key: Key) => Promise<Value> {
  const cached = new WeakMap<Key, { until: number; value: Promise<Value> }>();
  return (key) => {
    const startedAt = Date.now();
    const last = cached.get(key);
    if (last && startedAt < last.until) return last.value;
    const entry = { until: startedAt + ms, value: read(key) };
    cached.set(key, entry);
    entry.value.then(
      () => {
        entry.until = Math.max(entry.until, startedAt + (Date.now() - startedAt) / maxShare);
      },
      () => cached.delete(key),
    );
    return entry.value;
  };
}
