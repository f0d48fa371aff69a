import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { createSendingWindow } from '#activities/delivery/sending-window.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** A window of two, and the attempts that got a turn, in order. */
function setUp() {
  const window = createSendingWindow({ size: 2, patienceMs: 100 });
  const sent: string[] = [];
  const ends = new Map<string, () => void>();
  const send = async (name: string) => {
    ends.set(name, await window.enter());
    sent.push(name);
  };
  return { send, sent, store: (name: string) => ends.get(name)?.() };
}

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

it('lets as many attempts send as may be unstored, and each further one when another is stored', async () => {
  const { send, sent, store } = setUp();
  for (const name of ['a', 'b', 'c', 'd']) void send(name);
  await pass(0);
  expect(sent).toEqual(['a', 'b']);
  store('b');
  await pass(0);
  expect(sent).toEqual(['a', 'b', 'c']);
  store('a');
  store('c');
  await pass(0);
  expect(sent).toEqual(['a', 'b', 'c', 'd']);
});

it('gives the turn of a receiver that does not answer to others, once', async () => {
  const { send, sent, store } = setUp();
  for (const name of ['slow', 'slower', 'a', 'b', 'c']) void send(name);
  await pass(99);
  expect(sent).toEqual(['slow', 'slower']);
  await pass(1);
  expect(sent).toEqual(['slow', 'slower', 'a', 'b']);
  store('slow');
  await pass(0);
  expect(sent).toHaveLength(4);
  store('a');
  await pass(0);
  expect(sent).toHaveLength(5);
});

it('is as wide as before after all is stored', async () => {
  const { send, sent, store } = setUp();
  for (const name of ['a', 'b', 'c']) void send(name);
  await pass(0);
  for (const name of ['a', 'b']) store(name);
  await pass(0);
  store('c');
  for (const name of ['d', 'e', 'f']) void send(name);
  await pass(0);
  expect(sent).toEqual(['a', 'b', 'c', 'd', 'e']);
});
