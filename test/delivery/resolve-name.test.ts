import { afterEach, expect, it } from '@jest/globals';
import { createAddressGuard } from '#delivery/address-guard.ts';
import { checkHost } from '#delivery/check-url.ts';
import { createResolveName } from '#delivery/resolve-name.ts';
import { type NameServer, startNameServer } from './name-server.ts';
import { createReceivers, send } from './receiver.ts';

const receivers = createReceivers();
const servers: NameServer[] = [];
afterEach(() => Promise.all([receivers.close(), ...servers.splice(0).map((server) => server.close())]));

async function names(answers: NameServer['names']) {
  const server = await startNameServer(answers);
  servers.push(server);
  const resolve = createResolveName({ servers: [server.address] });
  return { server, resolve, guard: createAddressGuard({ requireHttps: false, resolve }) };
}

it('resolves a name to all addresses of both families', async () => {
  const { resolve } = await names({ 'hooks.example': [['93.184.215.14', '93.184.215.15', '2606:4700::1111']] });
  expect(await resolve('hooks.example')).toEqual([
    { address: '93.184.215.14', family: 4 },
    { address: '93.184.215.15', family: 4 },
    { address: '2606:4700::1111', family: 6 },
  ]);
});

it('reports a name that does not exist', async () => {
  const { guard } = await names({});
  expect(await send({ url: 'http://nobody.invalid/', guard })).toMatchObject({ errorClass: 'dns_error', permanent: false });
});

it.each([
  ['one of two', ['93.184.215.14', '127.0.0.1']],
  ['the one of the other family', ['93.184.215.14', '::1']],
  ['one that stands for IPv4', ['93.184.215.14', '::ffff:127.0.0.1']],
])('blocks a name when %s of its addresses are private', async (_which, addresses) => {
  const receiver = await receivers.serve();
  const { guard } = await names({ 'half.example': [addresses] });
  const outcome = await send({ url: `http://half.example:${receiver.port}/`, guard });
  expect(outcome).toMatchObject({ ok: false, errorClass: 'ssrf_blocked', permanent: true });
  expect(outcome.error).toContain('half.example resolves to ');
  expect(receiver.connections).toBe(0);
});

it('prevents DNS rebinding: a name is not resolved again between check and connection', async () => {
  const receiver = await receivers.serve();
  const turns = [['93.184.215.14'], ['127.0.0.1'], ['93.184.215.14']];
  const { guard, server } = await names({ 'rebinding.example': turns });
  const url = `http://rebinding.example:${receiver.port}/`;
  expect(await checkHost(url, guard)).toBeNull();
  expect(await send({ url, guard })).toMatchObject({ errorClass: 'ssrf_blocked', permanent: true });
  expect(receiver.connections).toBe(0);
  expect(server.asked).toEqual(['rebinding.example', 'rebinding.example']);
});

it('calls the checked address for as long as the connection is kept', async () => {
  const receiver = await receivers.serve();
  const { resolve, server } = await names({ 'hooks.example': [['127.0.0.1'], ['10.0.0.1']] });
  const guard = createAddressGuard({ requireHttps: false, allowPrivateCidrs: ['127.0.0.0/8'], resolve });
  const url = `http://hooks.example:${receiver.port}/`;
  for (let count = 0; count < 3; count += 1)
    expect(await send({ url, guard })).toMatchObject({ ok: true, remoteAddress: '127.0.0.1' });
  expect(server.asked).toEqual(['hooks.example']);
});
