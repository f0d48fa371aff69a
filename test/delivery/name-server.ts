import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import ipaddr from 'ipaddr.js';

export interface NameServer {
  /** In the form of `Resolver.setServers`. */
  address: string;
  /** Answers by name, in turn; the last one repeats. Other names do not exist. */
  names: Record<string, string[][]>;
  /** The queries for IPv4 addresses. */
  asked: string[];
  close(): Promise<void>;
}

const types = { ipv4: 1, ipv6: 28 } as const;

/** A name server on this machine (RFC 1035). Its answers have a TTL of 0. */
export async function startNameServer(names: NameServer['names'] = {}): Promise<NameServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query, { port, address }: RemoteInfo) => {
    const { name, type, end } = readQuestion(query);
    const turn = asked.filter((each) => each === name).length;
    const answers = names[name];
    // Both families are queried together and get one answer.
    if (type === types.ipv4) asked.push(name);
    const current = answers?.[Math.min(type === types.ipv4 ? turn : Math.max(turn - 1, 0), answers.length - 1)];
    socket.send(toReply(query.subarray(0, end), answers ? (current ?? []) : null, type), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    ...{ names, asked, address: `127.0.0.1:${(socket.address() as AddressInfo).port}` },
    async close() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** Null for a name that does not exist. */
function toReply(question: Buffer, addresses: string[] | null, type: number): Buffer {
  const parsed = (addresses ?? []).map((address) => ipaddr.parse(address));
  const records = parsed.filter((address) => types[address.kind()] === type).map((address) => toRecord(address, type));
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(addresses ? 0x8580 : 0x8583, 2);
  for (const [place, count] of [1, records.length, 0, 0].entries()) header.writeUInt16BE(count, 4 + 2 * place);
  return Buffer.concat([header, question.subarray(12), ...records]);
}

function toRecord(address: ipaddr.IPv4 | ipaddr.IPv6, type: number): Buffer {
  const bytes = Buffer.from(address.toByteArray());
  const fields = Buffer.alloc(12);
  fields.writeUInt16BE(0xc00c, 0); // the name of the question
  fields.writeUInt16BE(type, 2);
  fields.writeUInt16BE(1, 4);
  fields.writeUInt16BE(bytes.length, 10);
  return Buffer.concat([fields, bytes]);
}
