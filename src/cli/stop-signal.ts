/** Resolves when this process is asked to stop. `again` is called when it is asked once more, by someone in a hurry. */
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
