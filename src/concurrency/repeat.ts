/** Runs `work`, which must not throw, every `everyMs`, never two at once. Returns a function that stops it and awaits the last run. */
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
