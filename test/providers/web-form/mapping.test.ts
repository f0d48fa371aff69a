import { describe, expect, it } from '@jest/globals';
import { toRecord } from '#providers/web-form/mapping.ts';
import { formWith, submissionOf } from './submission.ts';

function read(fields: object[], values: Record<string, string>, more: object = {}) {
  const { form } = formWith(fields, more);
  return toRecord(submissionOf(form, values), form, 'US');
}

const consent = {
  name: 'agree',
  label: 'Permission',
  type: 'checkbox',
  consent: { grants: ['sms', 'call'], text: 'You may call and text me.' },
};

describe('a submission as a record', () => {
  it('has every field of a contact, normalized', () => {
    const text = (name: string, mapsTo = name) => ({ name, label: name, mapsTo });
    const fields = [
      ...[
        'givenName',
        'middleName',
        'familyName',
        'nameSuffix',
        'company',
        'jobTitle',
        'street',
        'city',
        'region',
        'postalCode',
        'country',
        'source',
      ].map((name) => text(name)),
      { name: 'tel', label: 'Phone', type: 'tel', mapsTo: 'phone' },
      { name: 'born', label: 'Birthday', type: 'date', mapsTo: 'birthday' },
      { name: 'topic', label: 'Topic', type: 'select', options: ['Offer'], mapsTo: 'tag' },
      { name: 'vip', label: 'VIP', type: 'checkbox', tags: ['vip', 'Web Lead'] },
      { name: 'message', label: 'Message', type: 'textarea', mapsTo: 'note' },
    ];
    const values = {
      givenName: ' Ada ',
      middleName: 'King',
      familyName: 'Lovelace',
      nameSuffix: 'Jr.',
      company: 'Analytical  Engines',
      jobTitle: 'Chief  Analyst',
      street: '1 Main St',
      city: 'Austin',
      region: 'TX',
      postalCode: '78701',
      country: 'United States',
      source: 'Fair',
      reach: 'ADA@Example.com',
      tel: '(512) 555-0143',
      born: '1985-12-10',
      topic: 'Offer',
      vip: 'yes',
      message: 'One\nTwo',
    };
    expect(read(fields, values, { tags: ['web lead'], source: 'Website' })).toEqual({
      externalId: '0199a0a0-0000-7000-8000-000000000001',
      version: null,
      updatedAt: '2026-11-22T10:00:00.000Z',
      reference: null,
      complete: true,
      values: {
        givenName: 'Ada',
        middleName: 'King',
        familyName: 'Lovelace',
        nameSuffix: 'Jr.',
        company: 'Analytical Engines',
        jobTitle: 'Chief Analyst',
        emails: [{ address: 'ada@example.com', label: null }],
        phones: [{ e164: '+15125550143', extension: null, raw: '(512) 555-0143', label: null }],
        addresses: [{ street: '1 Main St', city: 'Austin', region: 'TX', postalCode: '78701', country: 'US', label: null }],
        birthday: '1985-12-10',
        tags: ['web lead', 'Offer', 'vip'],
        source: 'Fair',
      },
      submission: {
        ...{ form: 'contact', title: 'Contact', message: 'One\nTwo', page: 'https://www.example.com/contact' },
        submittedAt: new Date('2026-11-22T10:00:00Z'),
        ...{ isUnproven: true, isProven: false, refusal: null, isAccepted: false, confirmation: null, preferred: [] },
      },
    });
  });

  it('leaves out blank fields', () => {
    const fields = [
      { name: 'name', label: 'Name', mapsTo: 'fullName' },
      { name: 'no', label: 'No', type: 'checkbox', doNotContact: ['call'] },
      consent,
    ];
    const record = read(fields, { reach: 'ada@example.com' });
    expect(record.values).toEqual({ emails: [{ address: 'ada@example.com', label: null }] });
    expect(record).not.toHaveProperty('consent');
  });

  it('splits a full name, and prefers separate parts', () => {
    const whole = { name: 'name', label: 'Name', mapsTo: 'fullName' };
    const given = { name: 'given', label: 'Given', mapsTo: 'givenName' };
    expect(read([whole], { name: 'Ada King Lovelace' }).values).toMatchObject({ givenName: 'Ada King', familyName: 'Lovelace' });
    expect(read([whole, given], { name: 'A. Lovelace', given: 'Ada' }).values).toMatchObject({
      givenName: 'Ada',
      familyName: 'Lovelace',
    });
  });

  it.each(['𠮷野 家', 'שרה לוי', 'محمد سلمان'])('keeps the name %s', (name) => {
    const { givenName, familyName } = read([{ name: 'name', label: 'Name', mapsTo: 'fullName' }], { name }).values;
    expect(`${givenName} ${familyName}`).toBe(name);
  });

  it('joins the answers of several message fields with their labels', () => {
    const fields = [
      { name: 'when', label: 'When', mapsTo: 'message' },
      { name: 'what', label: 'What', mapsTo: 'note' },
    ];
    const { submission, values } = read(fields, { when: 'Monday', what: 'Tea' });
    expect(submission?.message).toBe('When: Monday\nWhat: Tea');
    expect(values).toEqual({});
  });

  it('is unproven unless it is signed, accepted, or of a form that trusts everybody', () => {
    const { form } = formWith([]);
    const { form: trusting } = formWith([], { trust: 'full' });
    const sent = submissionOf(form, { reach: 'ada@example.com' });
    const signed = { ...sent, evidence: { ...sent.evidence, proof: 'signature' } };
    const isUnproven = (submission: typeof sent, of = form) => toRecord(submission, of, 'US').submission?.isUnproven;
    expect([isUnproven(sent), isUnproven(signed), isUnproven({ ...sent, isAccepted: true }), isUnproven(sent, trusting)]).toEqual(
      [true, false, false, false],
    );
  });

  it('uses the value of a hidden field in accord.yaml', () => {
    const fields = [{ name: 'kind', label: 'Kind', type: 'hidden', value: 'newsletter', mapsTo: 'tag' }];
    expect(read(fields, { kind: 'newsletter' }).values.tags).toEqual(['newsletter']);
  });

  it('leaves out values without a field in the form', () => {
    expect(read([], { tags: 'customer', toString: 'x' }).values).toEqual({});
  });
});

describe('permission', () => {
  it('has the text, time and origin of the submission as evidence', () => {
    const { form } = formWith([consent]);
    const submission = submissionOf(form, { agree: 'yes', reach: 'ada@example.com' });
    const { form: later } = formWith([{ ...consent, consent: { grants: ['call', 'sms', 'email'], text: 'Anything goes.' } }]);
    expect(toRecord(submission, later, 'US').consent).toEqual({
      grants: ['call', 'sms'],
      evidence: {
        words: 'You may call and text me.',
        at: '2026-11-22T10:00:00.000Z',
        form: 'contact',
        origin: 'https://www.example.com',
        page: 'https://www.example.com/contact',
        ip: '192.0.2.1',
        userAgent: 'Browser/1.0',
        proof: 'origin',
      },
    });
  });

  it('is not given for a channel that is also refused', () => {
    const refusal = { name: 'no', label: 'No calls', type: 'checkbox', doNotContact: ['call'] };
    const record = read([consent, refusal], { agree: 'yes', no: 'yes' });
    expect(record.values.doNotContact).toEqual({ call: true, sms: false, email: false });
    expect(record.consent?.grants).toEqual(['sms']);
    const all = { ...refusal, doNotContact: ['call', 'sms'] };
    expect(read([consent, all], { agree: 'yes', no: 'yes' })).not.toHaveProperty('consent');
  });
});
