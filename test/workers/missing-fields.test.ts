import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { calltools, gohighlevel, google, square } from '#providers/index.ts';
import type { ProviderClient } from '#providers/provider.ts';
import { calltoolsSandbox, defaultToken } from '#sandbox/calltools/index.ts';
import { gohighlevelSandbox } from '#sandbox/gohighlevel/index.ts';
import { noTokens } from '#test/providers/provider-contract.ts';
import { createSandboxControl, type SandboxControl } from '#test/providers/sandbox-control.ts';
import { reportMissingFields } from '#workers/missing-fields.ts';

let dialer: Awaited<ReturnType<typeof calltoolsSandbox.start>>;
let ghl: Awaited<ReturnType<typeof gohighlevelSandbox.start>>;
let atDialer: SandboxControl;
let atGhl: SandboxControl;
beforeAll(async () => {
  [dialer, ghl] = await Promise.all([calltoolsSandbox.start(), gohighlevelSandbox.start()]);
  [atDialer, atGhl] = [createSandboxControl(dialer.controlUrl), createSandboxControl(ghl.controlUrl)];
});
beforeEach(() => Promise.all([atDialer.reset(), atGhl.reset()]));
afterAll(() => Promise.all([dialer.close(), ghl.close()]));

const common = { tokens: noTokens, lists: [] };

function connectDialer(account: object, url = `${dialer.url}/api`): ProviderClient {
  return calltools.connect({
    ...common,
    account: calltools.accountSchema.parse({ rate: { requestsPerSecond: 1_000, burst: 1_000 }, ...account }),
    secrets: calltools.secretsSchema.parse({ CALLTOOLS_BASE_URL: url, CALLTOOLS_API_KEY: defaultToken }),
  });
}

function connectGhl(account: object): ProviderClient {
  const { token, locationId } = ghl.settings.current;
  return gohighlevel.connect({
    ...common,
    account: gohighlevel.accountSchema.parse(account),
    secrets: gohighlevel.secretsSchema.parse({ GHL_BASE_URL: ghl.url, GHL_LOCATION_ID: locationId, GHL_API_KEY: token }),
  });
}

/** The lines that a worker logs at its start. */
async function report(provider: string, client: ProviderClient) {
  const lines: { message: string; [fact: string]: unknown }[] = [];
  const warn = (facts: object, message: string) => void lines.push({ ...facts, message });
  await reportMissingFields(new Map([[provider, client]]), { warn });
  return lines;
}

const missing = 'A field that accord.yaml names does not exist in the account';
const numbered = { phone_number_1: 'phone', '48213': 'phone', personal_email_address: 'email', hub_contact_id: 'text' };

describe('at the start, the fields of CallTools', () => {
  it('that exist cause no line', async () => {
    await atDialer.change({ create: [{ first_name: 'Ada' }] });
    expect(await report('calltools', connectDialer({ referenceField: 'hub_contact_id' }))).toEqual([]);
  });

  it('that do not exist are named with their key in accord.yaml, and with the fields that do', async () => {
    await atDialer.patchSettings({ fields: numbered });
    await atDialer.change({ create: [{ first_name: 'Ada', phone_number_1: '+12055550171' }] });
    const account = { phoneFields: { mobile: 'mobile_phone_number', home: '48213' }, referenceField: 'accord_id' };
    const facts = { provider: 'calltools', existing: Object.keys(numbered).toSorted(), message: missing };
    expect(await report('calltools', connectDialer(account))).toEqual([
      { ...facts, setting: 'accounts.calltools.phoneFields.mobile', field: 'mobile_phone_number' },
      { ...facts, setting: 'accounts.calltools.referenceField', field: 'accord_id' },
    ]);
  });

  it('are not judged by rows that leave out phones', async () => {
    await atDialer.patchSettings({ listOmitsPhones: true });
    await atDialer.change({ create: [{ first_name: 'Ada' }] });
    expect(await report('calltools', connectDialer({}))).toEqual([]);
  });

  it('are unknown while the account has no contact', async () => {
    expect(await report('calltools', connectDialer({ emailField: 'e_mail' }))).toEqual([]);
  });

  it('that cannot be checked cause one line, and no error', async () => {
    expect(await report('calltools', connectDialer({}, 'http://127.0.0.1:1/api'))).toEqual([
      {
        provider: 'calltools',
        reason: expect.stringContaining('could not be reached'),
        message: 'The fields that accord.yaml names could not be checked',
      },
    ]);
  });
});

describe('at the start, the custom fields of GoHighLevel', () => {
  const account = { referenceField: 'Field0Reference00001', jobTitleField: 'Field0JobTitle000001' };

  it('that exist cause no line', async () => {
    await atGhl.change({ customFields: [account.referenceField, account.jobTitleField].map((id) => ({ id, name: id })) });
    expect(await report('gohighlevel', connectGhl(account))).toEqual([]);
  });

  it('that do not exist are named, and with them those that do', async () => {
    await atGhl.change({ customFields: [{ id: account.referenceField, name: 'Accord reference' }] });
    expect(await report('gohighlevel', connectGhl(account))).toEqual([
      {
        ...{ provider: 'gohighlevel', message: missing, setting: 'accounts.gohighlevel.jobTitleField' },
        ...{ field: account.jobTitleField, existing: ['Field0Reference00001 (Accord reference)'] },
      },
    ]);
  });

  it('cannot be checked without the scope, which the line names', async () => {
    await atGhl.patchSettings({ scopes: ['contacts.readonly', 'contacts.write'] });
    expect(await report('gohighlevel', connectGhl(account))).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('locations/customFields.readonly') }),
    ]);
    expect(await report('gohighlevel', connectGhl({}))).toEqual([]);
  });
});

it('vendors whose settings name no fields are not asked', () => {
  const account = { ...common, secrets: {} };
  const clients = [
    square.connect({ ...account, account: square.accountSchema.parse({}), secrets: squareSecrets }),
    google.connect({ ...account, account: google.accountSchema.parse({}), secrets: googleSecrets }),
  ];
  expect(clients.map(({ findMissingFields }) => findMissingFields)).toEqual([undefined, undefined]);
});

const squareSecrets = square.secretsSchema.parse({ SQUARE_ACCESS_TOKEN: 't', SQUARE_MERCHANT_ID: 'm' });
const googleSecrets = google.secretsSchema.parse({
  ...{ GOOGLE_CLIENT_ID: 'i', GOOGLE_CLIENT_SECRET: 's', GOOGLE_REFRESH_TOKEN: 'r' },
});
