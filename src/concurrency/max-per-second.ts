/** A gate that returns true at most `max` times a second: keeps a flood of requests out of logs and tables. */
export function maxPerSecond(max: number): () => boolean {
  let second = 0;
  let count = 0;
  return () => {
    const now = Math.floor(Date.now() / 1_000);
    if (now !== second) {
      second = now;
      count = 0;
    }
    count += 1;
    return count <= max;
  };
}
