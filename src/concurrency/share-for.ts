/** Runs `read` at most once in `ms` for each key; whoever asks in between shares its answer. A failure is not kept. */
export function shareFor<Key extends object, Value>(
  ms: number,
  read: (key: Key) => Promise<Value>,
): (key: Key) => Promise<Value> {
  const shared = new WeakMap<Key, { until: number; answer: Promise<Value> }>();
  return (key) => {
    const last = shared.get(key);
    if (last && Date.now() < last.until) return last.answer;
    const answer = read(key);
    shared.set(key, { until: Date.now() + ms, answer });
    answer.catch(() => shared.delete(key));
    return answer;
  };
}
