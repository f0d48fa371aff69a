import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Asks a person. A secret is not echoed. Reads one line of standard input where it is no terminal. */
export async function ask(question: string, { isSecret = false } = {}): Promise<string> {
  const isTerminal = process.stdin.isTTY === true;
  // On standard error, so that standard output stays the result.
  if (isTerminal || !isSecret) process.stderr.write(isTerminal ? `${question}: ` : '');
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: isSecret ? muted : process.stderr, terminal: isTerminal });
  try {
    const answer = await lines.question('');
    return answer.trim();
  } finally {
    lines.close();
    if (isTerminal && isSecret) process.stderr.write('\n');
  }
}

/** The lines of standard input, until it ends. */
export async function readLines(): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: process.stdin })) if (line.trim() !== '') lines.push(line.trim());
  return lines;
}
