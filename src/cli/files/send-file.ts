import { createReadStream } from 'node:fs';
import { type ApiOptions, requestApi } from '#cli/call-api.ts';

/** Sends a file piece by piece, so that a file of any size takes little memory. */
export async function sendFile(
  options: ApiOptions,
  { path, at, partBytes }: { path: string; at: string; partBytes: number },
): Promise<void> {
  let number = 0;
  // A stream of a file makes no shared buffers, which its type allows for.
  const pieces = createReadStream(path, { highWaterMark: partBytes }) as AsyncIterable<Buffer<ArrayBuffer>>;
  for await (const piece of pieces) {
    number += 1;
    await requestApi(options, { method: 'PUT', path: `${at}/parts/${number}`, file: piece });
  }
}
