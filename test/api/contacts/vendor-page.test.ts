import { expect, it } from '@jest/globals';
import { findVendorPage } from '#api/contacts/vendor-page.ts';
import { providers } from '#providers/index.ts';

const rules = new Map(providers.map((provider) => [provider.id, { provider }]));
// Only the providers of the dependencies are read.
const contacts = { providers: rules } as never;
const record = { accountId: 'loc', externalId: 'people/c1' };

it.each([
  ['gohighlevel', 'https://app.gohighlevel.com/v2/location/loc/contacts/detail/people/c1'],
  ['square', 'https://app.squareup.com/dashboard/customers/directory/customer/people/c1'],
  ['google', 'https://contacts.google.com/person/c1'],
  ['calltools', null],
  ['webform', null],
])('the page of a record in %s is %s', (provider, url) => {
  expect(findVendorPage({ contacts }, { provider, ...record })).toBe(url);
});

it('a record that is being created, or in a sandbox, has no page', () => {
  const sandboxes = [{ id: 'square', title: 'Square', control: 'http://127.0.0.1:1' }];
  expect(findVendorPage({ contacts, sandboxes }, { provider: 'square', ...record })).toBeNull();
  expect(findVendorPage({ contacts }, { provider: 'square', accountId: 'loc', externalId: null })).toBeNull();
});
