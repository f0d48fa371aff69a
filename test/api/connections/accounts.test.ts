import { expect, it } from '@jest/globals';
import { assertNotInEnvironment } from '#api/connections/accounts.ts';
import { toProviders } from '#config/accounts.ts';
import { gohighlevel } from '#providers/index.ts';

it.each([
  ['gohighlevel', /unset its variables \(GHL_LOCATION_ID, GHL_API_KEY …\)/],
  ['gohighlevel-west', /unset its variables \(GHL_LOCATION_ID__WEST, GHL_API_KEY__WEST …\)/],
])('names the variables of the account that the environment connects: %s', (id, message) => {
  const provider = toProviders([gohighlevel], { ids: [id] }).find((each) => each.id === id);
  if (!provider?.connector) throw new Error(`${id} cannot be connected.`);
  const account = { provider, connector: provider.connector, account: {}, variables: {}, isLocalOnly: false, lists: [] };
  expect(() => assertNotInEnvironment({ ...account, isInEnvironment: true })).toThrow(message);
});
