import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createSecureServer, createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection, type TLSConfig } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { explainConnectionError, findMissingParts, findNamespaceProblem } from '#temporal-problems.ts';
import { searchAttributes } from '#workflows/search-attributes.ts';
import { eventually } from './setup/eventually.ts';

const pem = (name: string) => readFileSync(new URL(`./setup/tls/${name}.pem`, import.meta.url));
const [ca, key, cert] = [pem('ca'), pem('key'), pem('cert')];

const opened: Connection[] = [];
const servers: Http2Server[] = [];
afterAll(async () => {
  await Promise.all(opened.map((connection) => connection.close()));
  for (const server of servers) server.close();
});

async function portOf(server: Http2Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function clientOf(address: string, namespace = 'default', tls?: TLSConfig): Client {
  const connection = Connection.lazy({ address, ...(tls ? { tls } : {}) });
  opened.push(connection);
  return new Client({ connection, namespace });
}

describe('a connection that fails is explained in one sentence, to the worker and to the api', () => {
  let withTls = '';
  let strict = '';
  let plain = '';
  beforeAll(async () => {
    withTls = `localhost:${await portOf(createSecureServer({ key, cert }))}`;
    strict = `localhost:${await portOf(createSecureServer({ key, cert, ca, requestCert: true, rejectUnauthorized: true }))}`;
    plain = `localhost:${await portOf(createServer())}`;
  });

  it.each<[string, () => string, TLSConfig | undefined, RegExp]>([
    ['an unknown CA', () => withTls, {}, /^Nobody whom Accord trusts has signed .*: set TEMPORAL_TLS_SERVER_CA_CERT_PATH/],
    [
      'another name',
      () => withTls,
      { serverRootCACertificate: ca, serverNameOverride: 'other.example' },
      /is for another name: .*TEMPORAL_TLS_SERVER_NAME/,
    ],
    ['no client certificate', () => strict, { serverRootCACertificate: ca }, /client certificate|does not answer/],
    ['TLS where there is none', () => plain, {}, /does not speak TLS: unset TEMPORAL_TLS/],
    ['no TLS where there is some', () => withTls, undefined, /closes the connection: set TEMPORAL_TLS to true/],
    ['a closed port', () => 'localhost:1', undefined, /^Temporal does not answer at localhost:1\.$/],
    ['an unknown name', () => 'temporal.invalid:7233', undefined, /has no address: correct TEMPORAL_ADDRESS/],
  ])('%s', async (_, address, tls, sentence) => {
    const error = await NativeConnection.connect({ address: address(), ...(tls ? { tls } : {}) }).catch(
      (error: unknown) => error,
    );
    expect(explainConnectionError(error, address())).toMatch(sentence);
    expect(await findNamespaceProblem(clientOf(address(), 'default', tls), 300, 5_000)).toMatch(sentence);
  });
});

describe('of the real server', () => {
  const address = process.env.ACCORD_TEST_TEMPORAL_ADDRESS ?? '';

  it('a missing namespace is named', async () => {
    expect(await findNamespaceProblem(clientOf(address), 10_000)).toBeNull();
    expect(await findNamespaceProblem(clientOf(address, 'nowhere'), 10_000)).toBe(
      'Temporal has no namespace nowhere: create it (temporal operator namespace create --namespace nowhere), or correct TEMPORAL_NAMESPACE.',
    );
  });

  it('missing search attributes and schedules are named', async () => {
    const namespace = `parts-${process.pid}`;
    const names = Object.values(searchAttributes)
      .map(({ name }) => name)
      .join(', ');
    const client = clientOf(address, namespace);
    const workflowExecutionRetentionPeriod = { seconds: 86_400 as never };
    await client.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
    expect(await eventually(() => findMissingParts(client, ['accord-prune']))).toEqual([
      `Temporal namespace ${namespace} lacks the search attributes ${names}: run npm run migrate.`,
      `Temporal namespace ${namespace} lacks the schedules accord-prune: start a worker, which creates them.`,
    ]);
  });
});
