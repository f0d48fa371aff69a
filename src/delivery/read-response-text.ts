import type { Dispatcher } from 'undici';

const maxBytes = 64 * 1024;

export interface ResponseText {
  /** Without NUL, which PostgreSQL does not store. */
  text: string;
  /** False when the response is longer. */
  isWhole: boolean;
}

/** Reads up to 64 KB, whatever the Content-Length. Decompresses nothing, because a small body can inflate to gigabytes. */
export async function readResponseText({ headers, body }: Dispatcher.ResponseData): Promise<ResponseText> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    // Leaving the loop destroys the stream.
    if (bytes > maxBytes) break;
  }
  const encoding = String(headers['content-encoding'] ?? 'identity');
  const read = Buffer.concat(chunks).subarray(0, maxBytes);
  const text = /^identity$/i.test(encoding) || bytes === 0 ? read.toString('utf8') : `(compressed as ${encoding}, not shown)`;
  return { text: text.replaceAll('\0', '\ufffd'), isWhole: bytes <= maxBytes };
}
