/** Runs `read` at most once in `ms` for each key; calls in between share its promise. A failure is not cached. */
export function cacheFor<Key extends object, Value>(
  ms: number,
  read: (key: Key) => Promise<Value>,
): (key: Key) => Promise<Value> {
  const cached = new WeakMap<Key, { until: number; value: Promise<Value> }>();
  return (key) => {
    const last = cached.get(key);
    if (last && Date.now() < last.until) return last.value;
    const value = read(key);
    cached.set(key, { until: Date.now() + ms, value });
    value.catch(() => cached.delete(key));
    return value;
  };
}
