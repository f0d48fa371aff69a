import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startAccount, type TestAccount } from './account.ts';

const fields = {
  mobile: 'phone',
  mail: 'email',
  note: 'text',
  score: 'number',
  vip: 'bool',
  born: 'date',
  met_at: 'datetime',
} as const;
let account: TestAccount;
beforeAll(async () => {
  account = await startAccount({ settings: { fields, duplicateMode: 'create' } });
});
beforeEach(() => account.reset());
afterAll(() => account.close());

describe('values of contact fields', () => {
  // The refused kinds: seen by an integrator. The messages: stock Django REST Framework, except for phones, whose message is unknown.
  it.each([
    [{ note: true }, 'Not a valid string.'],
    [{ first_name: ['Ada'] }, 'Not a valid string.'],
    [{ first_name: null }, 'This field may not be null.'],
    [{ score: 'high' }, 'A valid number is required.'],
    [{ score: '' }, 'A valid number is required.'],
    [{ user_queue: 1.5 }, 'A valid integer is required.'],
    [{ vip: 'maybe' }, 'Must be a valid boolean.'],
    [{ mail: 'ada@example' }, 'Enter a valid email address.'],
    [{ born: '2020-18-01' }, 'Date has wrong format. Use one of these formats instead: YYYY-MM-DD.'],
    [{ born: '2021-02-29' }, 'Date has wrong format. Use one of these formats instead: YYYY-MM-DD.'],
    [
      { met_at: '2020-02-30 10:00:00' },
      'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].',
    ],
    [{ owned_by: 'ada' }, 'Must be a valid UUID.'],
    [{ mobile: '000' }, 'Enter a valid phone number.'],
    [{ mobile: '+11234567890' }, 'Enter a valid phone number.'],
    [{ mobile: 'call me' }, 'Enter a valid phone number.'],
  ])('refuses %j', async (body, message) => {
    const [field] = Object.keys(body) as [string];
    expect(await account.post('contacts/', body)).toMatchObject({ status: 400, json: { [field]: [message] } });
  });

  it.each([
    [{ note: 42 }, { note: '42' }],
    [{ note: '  trimmed ' }, { note: 'trimmed' }],
    [{ score: '12.5' }, { score: 12.5 }],
    [{ vip: 'yes' }, { vip: true }],
    [{ born: '1815-12-10' }, { born: '1815-12-10' }],
    [{ met_at: '2025-01-02 03:04:05' }, { met_at: '2025-01-02T03:04:05' }],
    [
      { mail: '', mobile: '' },
      { mail: '', mobile: '' },
    ],
    [
      { born: null, suppress_until: null },
      { born: null, suppress_until: null },
    ],
  ])('accepts %j', async (body, stored) => {
    expect(await account.post('contacts/', body)).toMatchObject({ status: 201, json: stored });
  });

  it('reports all errors at once, and writes nothing', async () => {
    const answer = await account.post('contacts/', { first_name: 'Ada', score: 'x', born: 'x', add_tags: ['x'] });
    expect(Object.keys(answer.json).sort()).toEqual(['add_tags', 'born', 'score']);
    expect((await account.get('contacts/')).json.count).toBe(0);
  });

  // Seen by an integrator, not documented: +12222222222, 555 numbers and unassigned numbers are refused.
  it.each(['+12222222222', '+12025550143', '+15555555555'])('refuses %s unless fictional phones are allowed', async (mobile) => {
    expect((await account.post('contacts/', { mobile })).status).toBe(201);
    await account.settings({ allowFictionalPhones: false });
    expect((await account.post('contacts/', { mobile })).status).toBe(400);
    expect((await account.post('contacts/', { mobile: '+12124567890' })).status).toBe(201);
  });

  it('include fields as soon as the account defines them', async () => {
    await account.settings({ fields: { ...fields, hub_contact_id: 'text' } });
    expect((await account.post('contacts/', { hub_contact_id: 'c-1' })).json).toMatchObject({ hub_contact_id: 'c-1' });
  });
});
