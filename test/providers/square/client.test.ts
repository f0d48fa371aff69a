import { square } from '../../../src/providers/index.ts';
import { startSquareSandbox } from '../../../src/sandbox/square/index.ts';
import { describeProviderContract } from '../provider-contract.ts';

const startSandbox = () => startSquareSandbox({ settings: { indexLagMs: 0 } });
const account = { rate: { requestsPerSecond: 1000, burst: 1000 }, pageSize: 2 };
const environment = (url: string) => ({
  SQUARE_BASE_URL: url || 'http://unused',
  SQUARE_ACCESS_TOKEN: 'EAAAsandbox-personal-access-token',
  SQUARE_MERCHANT_ID: 'MLSANDBOXMERCHANT',
});

describeProviderContract({
  provider: square,
  startSandbox,
  account,
  environment,
  wrongKey: { SQUARE_ACCESS_TOKEN: 'EAAA-wrong' },
  unknownId: 'UNKNOWN0CUSTOMER0000000001',
  remove: (sandbox, id) => sandbox.change({ delete: [id] }),
  edit: (sandbox, id, { unmapped }) => sandbox.change({ customers: [{ id, nickname: unmapped }] }),
  readUnmapped: async (sandbox, id) => (await sandbox.records()).find((customer) => customer.id === id)?.nickname,
  createRequest: { method: 'POST', path: '/v2/customers' },
  findsByReference: true,
  refused: { givenName: null },
});
