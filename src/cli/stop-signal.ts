/** `parent-ended`: npm has ended, which passes signals no further than to the shell that it starts. */
export type StopReason = NodeJS.Signals | 'parent-ended';

/**
 * Resolves when this process is told to stop: by the first SIGINT, SIGTERM or SIGHUP, or by the end of the npm that started it. `again`
 * is called for each further signal, such as a second Ctrl-C.
 */
export function stopSignal(again: () => void = () => {}): Promise<StopReason> {
  return new Promise((resolve) => {
    let firstAt: number | null = null;
    const handle = (reason: StopReason) => {
      const now = performance.now();
      firstAt ??= now;
      if (now - firstAt > sameMs) again();
      resolve(reason);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, handle);
    // Nobody reads the last lines of a process whose terminal was closed.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
    if (wasStartedByNpm()) watchParent(() => handle('parent-ended'));
  });
}

/** A terminal sends Ctrl-C to npm and to this process, and npm passes it on: two signals within this time are one. */
const sameMs = 200;

const everyMs = 500;

/** `npm run` sets the first variable, `npx` the second. */
function wasStartedByNpm({ npm_lifecycle_event, npm_command } = process.env): boolean {
  return npm_lifecycle_event !== undefined || npm_command === 'exec';
}

function watchParent(onEnd: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onEnd();
  }, everyMs);
  timer.unref();
}
