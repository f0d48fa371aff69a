import { google } from '#providers/google/index.ts';
import { describeProviderContract } from '#test/providers/provider-contract.ts';
import { account, environment, startSandbox, tokens } from './setup.ts';

describeProviderContract({
  provider: google,
  startSandbox,
  account,
  environment,
  tokens,
  wrongKey: { GOOGLE_ACCOUNT: 'stranger' },
  unknownId: 'people/c1',
  remove: (sandbox, id) => sandbox.change({ delete: [id] }),
  edit: (sandbox, id, { unmapped }) => sandbox.change({ people: [{ resourceName: id, nicknames: [{ value: unmapped }] }] }),
  readUnmapped: async (sandbox, id) => {
    const person = (await sandbox.records()).find(({ resourceName }) => resourceName === id);
    return (person?.nicknames as { value: string }[] | undefined)?.[0]?.value;
  },
  createRequest: { method: 'POST', path: '**/people:createContact' },
  findsByReference: true,
  reportsDeletions: true,
  expire: (sandbox) => sandbox.patchSettings({ syncTokenDays: 0.000_000_001 }),
});
