import type { Dispatcher } from 'undici';

const mostBytes = 64 * 1024;

export interface AnswerText {
  /** As it may be kept: PostgreSQL takes no zero in a text. */
  text: string;
  /** False where the answer went on. */
  isWhole: boolean;
}

/** Reads no more than 64 KB, whatever the answer says of its length, and inflates nothing: a small answer can stand for gigabytes. */
export async function readResponseText({ headers, body }: Dispatcher.ResponseData): Promise<AnswerText> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    // Leaving the loop destroys the rest.
    if (bytes > mostBytes) break;
  }
  const encoding = String(headers['content-encoding'] ?? 'identity');
  const read = Buffer.concat(chunks).subarray(0, mostBytes);
  const text = /^identity$/i.test(encoding) || bytes === 0 ? read.toString('utf8') : `(compressed as ${encoding}, not shown)`;
  return { text: text.replaceAll('\0', '\ufffd'), isWhole: bytes <= mostBytes };
}
