import { expect, it } from '@jest/globals';
import { providers } from '#providers/index.ts';
import { providerName } from '#workflows/provider-names.ts';

it.each(providers.map(({ id, name }) => [id, name]))('%s is shown as %s', (id, name) => {
  expect(providerName(id)).toBe(name);
});

it('shows the id of a provider that it does not know', () => {
  expect(providerName('card-file')).toBe('card-file');
});

it('shows further accounts with the name of their vendor', () => {
  expect(providerName('gohighlevel-west-2')).toBe('GoHighLevel (west-2)');
});
