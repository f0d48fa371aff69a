import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const square = await startHarness();
const { api, create, read, sandbox, set } = square;
const firstError = async (fields: object) => {
  const { status, json } = await api('POST', '/customers', fields);
  return [status, json.errors?.[0].code, json.errors?.[0].field];
};

beforeEach(() => square.reset());
afterAll(() => square.close());

describe('creating a customer', () => {
  it('Square docs (API specification, samples): 200 with version 0, an id of 26 letters and digits, THIRD_PARTY', async () => {
    const { status, json } = await api('POST', '/customers', { given_name: 'Ada', note: null });
    expect(status).toBe(200);
    expect(json.customer).toEqual({
      id: expect.stringMatching(/^[A-Z0-9]{26}$/),
      given_name: 'Ada',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,2}[1-9])?Z$/),
      updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      preferences: { email_unsubscribed: false },
      creation_source: 'THIRD_PARTY',
      version: 0,
    });
  });

  it('Square docs (duplicated customers): the same email and phone create a second profile', async () => {
    const ada = { email_address: 'ada@example.com', phone_number: '+12025550143' };
    expect(await create(ada)).not.toBe(await create(ada));
  });

  it.each([{}, { nickname: 'Countess' }, { reference_id: 'x', note: 'x' }, { given_name: null }])(
    'Square docs (CreateCustomer): requires a name, company, email or phone, not just %j',
    async (fields) => {
      expect((await firstError(fields)).slice(0, 2)).toEqual([400, 'BAD_REQUEST']);
    },
  );

  it.each([
    ['given_name', 300],
    ['family_name', 300],
    ['company_name', 500],
    ['nickname', 100],
    ['reference_id', 100],
  ])('Square docs (Customer): %s has up to %d characters', async (field, length) => {
    const person = { email_address: 'ada@example.com' };
    expect(await firstError({ ...person, [field]: 'x'.repeat(length + 1) })).toEqual([400, 'VALUE_TOO_LONG', field]);
    expect((await api('POST', '/customers', { ...person, [field]: 'x'.repeat(length) })).status).toBe(200);
  });

  it('has no limit for the note', async () => {
    const note = '😀'.repeat(16_384);
    expect((await read(await create({ given_name: 'Ada', note }))).note).toBe(note);
  });

  it.each(['ada', 'ada@', 'ada@example', 'a b@example.com'])(
    'Square docs (error codes), laravel-square: the email %j is refused',
    async (email_address) => {
      const { json } = await api('POST', '/customers', { email_address });
      expect(json.errors).toEqual([
        {
          category: 'INVALID_REQUEST_ERROR',
          code: 'INVALID_EMAIL_ADDRESS',
          detail: 'Expected email_address to be a valid email address',
          field: 'email_address',
        },
      ]);
    },
  );

  it('Square docs (Customer): an email has up to 254 characters, and keeps its case', async () => {
    expect(await firstError({ email_address: `${'x'.repeat(250)}@e.com` })).toEqual([400, 'VALUE_TOO_LONG', 'email_address']);
    expect((await read(await create({ email_address: 'Ada@Example.com' }))).email_address).toBe('Ada@Example.com');
  });

  it.each(['1-917-500-1000', '+1-212-555-4240', '+1 (206) 222-3456', '+442079460958'])(
    'square-nodejs-sdk (customers.test.ts): the phone %s is kept as it was sent',
    async (phone_number) => {
      expect((await read(await create({ phone_number }))).phone_number).toBe(phone_number);
    },
  );

  it.each([
    '12345678',
    '+12345678901234567',
    '+29022158',
    '+49123456789012345',
    '555-0143',
    '+1 202 555',
    'call me',
    '+1 202 555 0143 x5',
  ])('Square docs (Customer; forum 20906): the phone %j is refused', async (phone_number) => {
    expect(await firstError({ phone_number })).toEqual([400, 'INVALID_PHONE_NUMBER', 'phone_number']);
  });

  it('parses a phone without country code by the seller’s country, an assumption', async () => {
    expect((await firstError({ phone_number: '020 7946 0958' }))[1]).toBe('INVALID_PHONE_NUMBER');
    set({ sellerCountry: 'GB' });
    expect((await api('POST', '/customers', { phone_number: '020 7946 0958' })).status).toBe(200);
  });

  it.each([
    ['1815-12-10', '1815-12-10'],
    ['12-10', '0000-12-10'],
    ['02-29', '0000-02-29'],
  ])('Square docs (Customer): the birthday %s is returned as %s', async (birthday, shown) => {
    expect((await read(await create({ given_name: 'Ada', birthday }))).birthday).toBe(shown);
  });

  it.each(['1815-02-30', '13-01', '10 December'])('Square docs (error codes): refuses the birthday %j', async (birthday) => {
    expect(await firstError({ given_name: 'Ada', birthday })).toEqual([400, 'INVALID_TIME', 'birthday']);
  });

  it('Square docs (Customer): ignores names in the address; its country has two letters', async () => {
    const id = await create({ given_name: 'Ada', address: { locality: 'London', first_name: 'Ada', country: 'GB' } });
    expect((await read(id)).address).toEqual({ locality: 'London', country: 'GB' });
    const wrong = await firstError({ given_name: 'Ada', address: { country: 'England' } });
    expect(wrong).toEqual([400, 'INVALID_ENUM_VALUE', 'address.country']);
  });

  it('Square docs (CustomerTaxIds): stores them for sellers in the EU and UK, ignores them elsewhere', async () => {
    const customer = { given_name: 'Ada', tax_ids: { eu_vat: 'IE3426675K' } };
    expect(await read(await create(customer))).not.toHaveProperty('tax_ids');
    set({ sellerCountry: 'IE' });
    expect((await read(await create(customer))).tax_ids).toEqual({ eu_vat: 'IE3426675K' });
  });

  it('ignores unknown fields and fields that a create cannot write', async () => {
    const customer = await read(
      await create({ given_name: 'Ada', group_ids: ['x'], preferences: { email_unsubscribed: true }, x: 1 }),
    );
    expect(customer.preferences).toEqual({ email_unsubscribed: false });
    for (const name of ['group_ids', 'x']) expect(customer).not.toHaveProperty(name);
  });

  it('Square docs (handling errors): reports all errors, and stores nothing', async () => {
    const { json } = await api('POST', '/customers', { given_name: 5, email_address: 'ada', birthday: 'soon' });
    expect(json.errors.map(({ code }: { code: string }) => code)).toEqual([
      'INVALID_VALUE',
      'INVALID_EMAIL_ADDRESS',
      'INVALID_TIME',
    ]);
    expect((await api('GET', '/customers')).json).toEqual({});
  });
});

describe('updating a customer', () => {
  const ada = {
    given_name: 'Ada',
    email_address: 'ada@example.com',
    address: { address_line_1: '12 St James Square', locality: 'London' },
    note: 'x',
  };
  const update = (id: string, fields: object, headers = {}) => api('PUT', `/customers/${id}`, fields, headers);

  it('Square docs (clearing fields; samples): null clears, omitted fields stay, and the version increases by one', async () => {
    const { json } = await update(await create(ada), { email_address: null, phone_number: null, family_name: 'Lovelace' });
    expect(json.customer).toMatchObject({ given_name: 'Ada', family_name: 'Lovelace', note: 'x', version: 1 });
    for (const name of ['email_address', 'phone_number']) expect(json.customer).not.toHaveProperty(name);
  });

  it('Square docs (UpdateCustomer): an address changes part by part', async () => {
    const id = await create(ada);
    await update(id, { address: { locality: 'Ockham', country: 'GB' } });
    expect((await read(id)).address).toEqual({ ...ada.address, locality: 'Ockham', country: 'GB' });
    await update(id, { address: { address_line_1: null } });
    expect((await read(id)).address).toEqual({ locality: 'Ockham', country: 'GB' });
    await update(id, { address: null });
    expect(await read(id)).not.toHaveProperty('address');
  });

  it('refuses an empty text, which is not null: Square’s behaviour is not documented', async () => {
    const answer = await update(await create(ada), { note: '' });
    expect([answer.status, answer.json.errors[0].code]).toEqual([400, 'VALUE_EMPTY']);
  });

  it('Square docs (release notes 2021-10-20): an update without fields is refused since then', async () => {
    const id = await create(ada);
    expect((await update(id, {})).json.errors[0].code).toBe('BAD_REQUEST');
    const old = await update(id, {}, { 'square-version': '2021-09-15' });
    expect([old.status, old.json.customer.version]).toEqual([200, 0]);
  });

  it('may count an update with the present values: it is unknown', async () => {
    const id = await create(ada);
    expect((await update(id, { note: 'x' })).json.customer.version).toBe(1);
    set({ emptyUpdate: 'ignored' });
    expect((await update(id, { note: 'x' })).json.customer.version).toBe(1);
    expect((await update(id, { note: 'y' })).json.customer.version).toBe(2);
  });

  it('changes updated_at, in whole seconds, and keeps created_at', async () => {
    const id = await create(ada);
    const before = await read(id);
    sandbox.clock.advance(60_000);
    await update(id, { note: 'y' });
    const after = await read(id);
    expect(after.created_at).toBe(before.created_at);
    expect(Date.parse(after.updated_at) - Date.parse(before.updated_at)).toBeGreaterThanOrEqual(60_000);
  });
});

describe('deleting a customer', () => {
  it('Square docs (DeleteCustomer; samples): 200 with {}, then a 404 with the id in back-ticks', async () => {
    const id = await create({ given_name: 'Ada' });
    const deleted = await api('DELETE', `/customers/${id}`);
    expect([deleted.status, deleted.text]).toEqual([200, '{}']);
    for (const method of ['GET', 'DELETE']) {
      const gone = await api(method, `/customers/${id}`);
      expect(gone.status).toBe(404);
      expect(gone.json).toEqual({
        errors: [{ category: 'INVALID_REQUEST_ERROR', code: 'NOT_FOUND', detail: `Customer with ID \`${id}\` not found.` }],
      });
    }
    expect((await api('PUT', `/customers/${id}`, { note: 'x' })).status).toBe(404);
  });
});
