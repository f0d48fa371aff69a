import { expect, it } from '@jest/globals';
import { type Generation, runReplaceable } from '#workers/replaceable.ts';

function recorder() {
  const log: string[] = [];
  const start = async (name: string): Promise<Generation> => {
    if (name === 'broken') throw new Error('cannot start');
    log.push(`start ${name}`);
    const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
    if (name === 'fatal') queueMicrotask(() => reject(new Error('fatal')));
    return {
      ended,
      async close() {
        log.push(`end ${name}`);
        resolve();
      },
    };
  };
  return { log, start };
}

it('starts a generation only when the last one has ended', async () => {
  const { log, start } = recorder();
  const running = await runReplaceable<string, Generation>(start, 'a');
  await running.replace('b');
  await running.close();
  await running.ended;
  expect(log).toEqual(['start a', 'end a', 'start b', 'end b']);
});

it('may be replaced again after one that could not start', async () => {
  const { log, start } = recorder();
  const running = await runReplaceable<string, Generation>(start, 'a');
  await expect(running.replace('broken')).rejects.toThrow('cannot start');
  await running.replace('b');
  expect(log.at(-1)).toBe('start b');
  await running.close();
});

it('ends with the error of a generation, and starts none after its end', async () => {
  const { log, start } = recorder();
  const failing = await runReplaceable<string, Generation>(start, 'fatal');
  await expect(failing.ended).rejects.toThrow('fatal');
  const running = await runReplaceable<string, Generation>(start, 'a');
  await running.close();
  await running.replace('b');
  expect(log).not.toContain('start b');
});
