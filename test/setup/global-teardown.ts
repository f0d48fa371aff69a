import { rm } from 'node:fs/promises';
import { testStack } from './test-stack.ts';

export default async function globalTeardown(): Promise<void> {
  await Promise.all(testStack.processes.map((running) => running.stop()));
  if (testStack.directory) await rm(testStack.directory, { recursive: true, force: true });
}
