import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A part of the benchmark in its own process, so that it shares neither event loop nor heap with the measured code. */
export interface HelperProcess<Request, Answer> {
  /** Its first message, sent when it is ready. */
  greeting: Answer;
  pid: number;
  /** Sends one request at a time. Rejects with the helper's error message. */
  ask(request: Request): Promise<Answer>;
  stop(): Promise<void>;
}

/** The parent throws `error`. */
type Message<Answer> = { answer: Answer } | { error: string };

const exitWithParent = new URL('../../src/dev/processes/exit-with-parent.ts', import.meta.url).href;

export async function startHelper<Request, Answer>(
  script: string,
  env: Record<string, string>,
): Promise<HelperProcess<Request, Answer>> {
  const path = fileURLToPath(new URL(`../processes/${script}`, import.meta.url));
  const child = fork(path, { env: { ...process.env, ...env }, execArgv: ['--import', exitWithParent] });
  const greeting = await nextAnswer<Answer>(child, script);
  return {
    greeting,
    pid: child.pid as number,
    ask(request) {
      child.send(request as object);
      return nextAnswer<Answer>(child, script);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function nextAnswer<Answer>(child: ChildProcess, script: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Message<Answer>>();
  const onExit = () => reject(new Error(`${script} ended`));
  child.once('message', resolve).once('exit', onExit);
  try {
    const message = await promise;
    if ('error' in message) throw new Error(`${script}: ${message.error}`);
    return message.answer;
  } finally {
    child.off('message', resolve).off('exit', onExit);
  }
}

/** Runs in the helper: sends the greeting and answers requests. */
export function serveParent<Request, Answer>(greeting: Answer, answer: (request: Request) => Promise<Answer>): void {
  const send = (message: Message<Answer>) => process.send?.(message);
  process.on('message', (request: Request) => {
    answer(request).then(
      (result) => send({ answer: result }),
      (error: Error) => send({ error: error.message }),
    );
  });
  // Keeps the process alive for requests; `exit-with-parent.ts` has unreferenced the channel.
  process.channel?.ref();
  send({ answer: greeting });
}
