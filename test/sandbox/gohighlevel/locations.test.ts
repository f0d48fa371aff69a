import { afterAll, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const ghl = await startHarness();
const { api, control, locationId, set } = ghl;
afterAll(() => ghl.close());

describe('the location', () => {
  it('HighLevel docs: shows one boolean of its duplicate settings', async () => {
    set({ allowDuplicateContact: true });
    expect((await api('GET', `/locations/${locationId}`)).json.location).toMatchObject({
      id: locationId,
      settings: { allowDuplicateContact: true },
    });
  });

  it('HighLevel docs: lists its custom fields, with `contact.` before the key', async () => {
    await control('POST', '/records', { customFields: [{ id: 'Field000000000000001', name: 'Accord Id' }] });
    expect((await api('GET', `/locations/${locationId}/customFields?model=contact`)).json.customFields).toEqual([
      {
        id: 'Field000000000000001',
        name: 'Accord Id',
        fieldKey: 'contact.accord_id',
        dataType: 'TEXT',
        model: 'contact',
        locationId,
      },
    ]);
  });

  it('is forbidden to the token of another location', async () => {
    expect((await api('GET', '/locations/Another0Location0001')).status).toBe(403);
  });
});
