import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RecordPatch } from '#domain/contact.ts';
import { calltools } from '#providers/calltools/index.ts';
import { withCustomFields } from '#providers/with-custom-fields.ts';
import { calltoolsSandbox, defaultToken } from '#sandbox/calltools/index.ts';
import { noChange, noTokens, person } from '#test/providers/provider-contract.ts';
import { createSandboxControl, type SandboxControl } from '#test/providers/sandbox-control.ts';

const fields = { mobile_phone_number: 'phone', personal_email_address: 'email', company_name: 'text', membership_level: 'text' };

let running: Awaited<ReturnType<typeof calltoolsSandbox.start>>;
let sandbox: SandboxControl;
beforeAll(async () => {
  running = await calltoolsSandbox.start();
  sandbox = createSandboxControl(running.controlUrl);
});
beforeEach(async () => {
  await sandbox.reset();
  await sandbox.patchSettings({ fields });
});
afterAll(() => running.close());

function connect() {
  return withCustomFields(calltools, { 'extras.membership': 'membership_level' }).connect({
    account: calltools.accountSchema.parse({
      ...{ rate: { requestsPerSecond: 1_000, burst: 1_000 }, companyField: 'company_name' },
      phoneFields: { mobile: 'mobile_phone_number' },
    }),
    secrets: calltools.secretsSchema.parse({ CALLTOOLS_BASE_URL: `${running.url}/api`, CALLTOOLS_API_KEY: defaultToken }),
    ...{ tokens: noTokens, lists: [] },
  });
}

const update = (id: string, set: RecordPatch['set']) => connect().update(id, { ...noChange, set }, { version: null });

describe('custom contact fields of CallTools', () => {
  const set = { ...person(0), company: 'Engine Works', 'extras.membership': 'Gold', 'extras.other': 'never' };

  it('are written, read in listings, and cleared', async () => {
    const { record } = await connect().create({ ...noChange, set }, { reference: 'ref-1' });
    expect(record.values).toMatchObject({ company: 'Engine Works', 'extras.membership': 'Gold' });
    const { records } = await connect().list({ cursor: null });
    expect(records[0]?.values).toMatchObject({ 'extras.membership': 'Gold' });
    const { record: cleared } = await update(record.externalId, { 'extras.membership': null });
    expect(cleared.values).toMatchObject({ company: 'Engine Works', 'extras.membership': null });
  });

  it('that are deleted are neither empty nor an error of a write', async () => {
    const { record } = await connect().create({ ...noChange, set }, { reference: 'ref-1' });
    await sandbox.patchSettings({ fields: { mobile_phone_number: 'phone', personal_email_address: 'email' } });
    const { values } = await connect().read(record.externalId);
    expect(Object.keys(values)).not.toEqual(expect.arrayContaining(['company']));
    expect(values).not.toHaveProperty('extras.membership');
    const { record: written } = await update(record.externalId, { familyName: 'King', 'extras.membership': 'Silver' });
    expect(written.values).toMatchObject({ familyName: 'King' });
    expect(written.values).not.toHaveProperty('extras.membership');
    expect(await connect().findMissingFields?.()).toMatchObject([
      { setting: 'accounts.calltools.companyField', field: 'company_name' },
      { setting: 'extras.membership.calltools', field: 'membership_level' },
    ]);
  });
});
