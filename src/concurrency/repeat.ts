/** Again and again, never two at once, until the returned function is called. `work` does not throw. */
export function repeat(everyMs: number, work: () => Promise<void>): () => Promise<void> {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let working = Promise.resolve();
  function run(): void {
    working = work().finally(() => {
      if (!isStopped) timer = setTimeout(run, everyMs);
    });
  }
  run();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await working;
  };
}
