/** Resolves with the first SIGINT, SIGTERM or SIGHUP. `again` is called for each further one, such as a second Ctrl-C. */
export function stopSignal(again: () => void = () => {}): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    const handle = (signal: NodeJS.Signals) => {
      if (asked) again();
      asked = true;
      resolve(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, handle);
  });
}
