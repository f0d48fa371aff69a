import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandError, exitCodes } from '#cli/exit-codes.ts';

/** Writes a file that the api sends, or prints it. Only the user may read the file: it holds personal data. */
export async function saveResponse({ body }: Response, path: string | undefined): Promise<void> {
  if (body === null) throw new CommandError('The api sent no file.', exitCodes.failed);
  const chunks = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]);
  const target = path === undefined ? process.stdout : createWriteStream(path, { mode: 0o600 });
  await pipeline(chunks, target, { end: path !== undefined });
}
