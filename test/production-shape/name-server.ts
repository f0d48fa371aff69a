import { createSocket } from 'node:dgram';

export interface NameServer {
  /** Where it answers: `127.0.0.1:53053`. */
  address: string;
  close(): Promise<void>;
}

/**
 * Answers for the services of an installation as Docker's name server does: with the addresses of those containers that there are now.
 * A name without any does not exist.
 */
export async function startNameServer(addressesOf: (service: string) => readonly string[]): Promise<NameServer> {
  const socket = createSocket('udp4', (query, { address, port }) => socket.send(answer(query, addressesOf), port, address));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

const headerLength = 12;
const types = { a: 1 };
const flags = { found: 0x8180, noSuchName: 0x8183 };

/** The answer to a query of one question (RFC 1035, section 4), for any domain that a resolver appends to the name. */
function answer(query: Buffer, addressesOf: (service: string) => readonly string[]): Buffer {
  const [service = '', ...domains] = labelsOf(query);
  const questionEnd = headerLength + [service, ...domains].reduce((sum, label) => sum + label.length + 1, 1) + 4;
  const addresses = addressesOf(service);
  const isV4 = query.readUInt16BE(questionEnd - 4) === types.a;
  const records = isV4 ? addresses.map(toRecord) : [];
  const header = Buffer.from(query.subarray(0, headerLength));
  header.writeUInt16BE(addresses.length > 0 ? flags.found : flags.noSuchName, 2);
  for (const [index, count] of [1, records.length, 0, 0].entries()) header.writeUInt16BE(count, 4 + index * 2);
  return Buffer.concat([header, query.subarray(headerLength, questionEnd), ...records]);
}

function labelsOf(query: Buffer): string[] {
  const labels: string[] = [];
  let offset = headerLength;
  for (let length = query.readUInt8(offset); length > 0; length = query.readUInt8(offset)) {
    labels.push(query.toString('latin1', offset + 1, offset + 1 + length));
    offset += 1 + length;
  }
  return labels;
}

/** The name of the question, an address of IPv4, and no seconds for which it may be kept. */
function toRecord(address: string): Buffer {
  const bytes = address.split('.').map(Number);
  return Buffer.from([0xc0, headerLength, 0, types.a, 0, 1, 0, 0, 0, 0, 0, bytes.length, ...bytes]);
}
