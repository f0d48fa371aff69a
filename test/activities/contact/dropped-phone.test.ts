import { afterEach, describe, expect, it } from '@jest/globals';
import { InvalidRequestError } from '#providers/errors.ts';
import { control } from '#test/setup/accord.ts';
import { useHub } from './hub.ts';

const hub = useHub();
const dropPhones = (dropsPhones: string) => control(hub.accord.sandboxes.calltools, 'PATCH', 'settings', { dropsPhones });
afterEach(() => dropPhones('never'));

/** A cold lead that the dialer lacks. */
async function coldLead(): Promise<string> {
  const { contactId, id, linkId } = await hub.read('gohighlevel');
  await hub.records('gohighlevel', { contacts: [{ id, tags: ['cold lead'] }], webhooks: false });
  await hub.observe({ linkId });
  return contactId;
}

const count = (calls: string[], call: RegExp) => calls.filter((each) => call.test(each)).length;
const creates = /^POST \/api\/contacts\/$/;

describe('a phone that CallTools drops', () => {
  it('at the create only is set by one update', async () => {
    const contactId = await coldLead();
    await dropPhones('create');
    const calls = await hub.calls('calltools', () => hub.push(contactId, 'calltools'));
    expect([count(calls, creates), count(calls, /^PATCH/)]).toEqual([1, 1]);
    const { shadow } = await hub.link(contactId, 'calltools');
    expect(shadow?.phones).toHaveLength(1);
  });

  it('at every write leaves one linked record, and parks the lane with the setting to change', async () => {
    const contactId = await coldLead();
    await dropPhones('always');
    const calls = await hub.calls('calltools', async () => {
      for (const _ of [1, 2, 3]) await expect(hub.push(contactId, 'calltools')).rejects.toBeInstanceOf(InvalidRequestError);
    });
    expect(count(calls, creates)).toBe(1);
    const link = await hub.link(contactId, 'calltools');
    expect(link).toMatchObject({ state: 'linked', last_error: { message: expect.stringContaining('mobile_phone_number') } });
    expect(link.last_error?.message).toContain('accounts.calltools.phoneFields');
    await dropPhones('never');
    await hub.push(contactId, 'calltools');
    expect((await hub.link(contactId, 'calltools')).shadow?.phones).toHaveLength(1);
  });
});
