import { connect } from 'node:net';

/** A request as it goes over the wire. Header lines may repeat and may be malformed. */
export interface WireRequest {
  method: string;
  target: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: Buffer;
  framing: 'length' | 'chunked' | 'endless' | 'none';
}

export interface Answer {
  /** Null when the connection ended without a response. */
  status: number | null;
  headers: Record<string, string>;
  text: string;
  ms: number;
}

/** Sends one request on a connection of its own. Resolves with what came back until the server closed, or until `limitMs`. */
export async function send(url: string, request: WireRequest, limitMs: number): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const startedAt = performance.now();
  const { promise, resolve } = Promise.withResolvers<void>();
  const chunks: Buffer[] = [];
  const socket = connect({ host: hostname, port: Number(port) });
  const timer = setTimeout(resolve, limitMs);
  socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
  socket.on('close', () => resolve());
  // A server that refuses a large body closes the connection while it is still being sent.
  socket.on('error', () => {});
  socket.write(head(request, `${hostname}:${port}`));
  socket.write(framed(request));
  await promise;
  clearTimeout(timer);
  socket.destroy();
  return { ...parse(Buffer.concat(chunks)), ms: performance.now() - startedAt };
}

function head({ method, target, headers, body, framing }: WireRequest, host: string): Buffer {
  const lines = [
    ...(headers.some(([name]) => name.toLowerCase() === 'host') ? [] : [['host', host] as const]),
    ...headers,
    // So that the server ends the connection after its response.
    ['connection', 'close'] as const,
    ...(framing === 'length' ? [['content-length', String(body.length)] as const] : []),
    ...(framing === 'chunked' || framing === 'endless' ? [['transfer-encoding', 'chunked'] as const] : []),
  ];
  return Buffer.from(
    `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
    'latin1',
  );
}

function framed({ body, framing }: WireRequest): Buffer {
  if (framing === 'none') return Buffer.alloc(0);
  if (framing === 'length') return body;
  // An empty chunk would end the body.
  const chunk = body.length === 0 ? [] : [Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')];
  return Buffer.concat([...chunk, Buffer.from(framing === 'endless' ? '' : '0\r\n\r\n')]);
}

function parse(bytes: Buffer): Omit<Answer, 'ms'> {
  const end = bytes.indexOf('\r\n\r\n');
  const [status = '', ...lines] = bytes.subarray(0, Math.max(0, end)).toString('latin1').split('\r\n');
  const [, code] = /^HTTP\/1\.1 (\d{3})/.exec(status) ?? [];
  // `100 Continue` comes before the response.
  if (code === '100') return parse(bytes.subarray(end + 4));
  const headers = lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]);
  return {
    status: code ? Number(code) : null,
    headers: Object.fromEntries(headers),
    text: bytes.subarray(end + 4).toString(),
  };
}
