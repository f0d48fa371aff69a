import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Mail {
  to: string;
  /** Headers and body, with the soft line breaks and escapes of quoted-printable removed. */
  source: string;
}

/** An SMTP server that keeps what it accepts. */
export async function startMailServer() {
  const mails: Mail[] = [];
  /** The answer to recipients, by address. */
  const refused = new Map<string, number>();
  let server = create();
  const port = await listen(server, 0);

  function create(): SMTPServer {
    return new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onRcptTo({ address }, _session, done) {
        const responseCode = refused.get(address);
        done(responseCode === undefined ? null : Object.assign(new Error('Not here'), { responseCode }));
      },
      onData(stream, { envelope }, done) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const [recipient] = envelope.rcptTo;
          mails.push({ to: recipient?.address ?? '', source: readable(Buffer.concat(chunks).toString()) });
          done();
        });
      },
    });
  }

  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refused,
    to: (address: string): Mail[] => mails.filter(({ to }) => to === address),
    stop: () => close(server),
    async start(): Promise<void> {
      server = create();
      await listen(server, port);
    },
  };
}

async function listen(server: SMTPServer, port: number): Promise<number> {
  const listening = server.listen(port, '127.0.0.1');
  await once(listening, 'listening');
  return (listening.address() as AddressInfo).port;
}

function close(server: SMTPServer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  return promise;
}

function readable(source: string): string {
  return source
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll('\r\n', '\n');
}
