import type { Socket } from 'node:net';

const start = Buffer.from('HTTP/1.1 100');
const endOfHead = '\r\n\r\n';
const nothing = Buffer.alloc(0);
/** More than any interim response has; a server that sends so much is not answering. */
const maxHeadBytes = 16 * 1024;

/**
 * Drops `100 Continue` before a response. RFC 9110, section 15.2 lets a server send it unasked and tells clients to ignore it, but
 * undici closes the connection (client-h1.js, `statusCode === 100`), so a delivery that had arrived was sent again. undici reads a
 * socket by `read()`; the bytes after a write are the head of the next response.
 */
export function ignoreContinue(socket: Socket): Socket {
  const read = socket.read.bind(socket);
  let written = -1;
  let head: Buffer | null = null;
  socket.read = (size?: number) => {
    const chunk: Buffer | null = read(size);
    if (chunk === null) return null;
    if (socket.bytesWritten !== written) head ??= nothing;
    written = socket.bytesWritten;
    if (head === null) return chunk;
    head = withoutContinue(Buffer.concat([head, chunk]));
    if (mayBeContinue(head)) return nothing;
    const rest = head;
    head = null;
    return rest;
  };
  return socket;
}

function withoutContinue(bytes: Buffer): Buffer {
  const end = isContinue(bytes) ? bytes.indexOf(endOfHead) : -1;
  return end < 0 ? bytes : withoutContinue(bytes.subarray(end + endOfHead.length));
}

/** More bytes must arrive before it is known. */
function mayBeContinue(bytes: Buffer): boolean {
  if (isContinue(bytes)) return bytes.length < maxHeadBytes;
  return bytes.length < start.length && start.subarray(0, bytes.length).equals(bytes);
}

function isContinue(bytes: Buffer): boolean {
  return bytes.subarray(0, start.length).equals(start);
}
