import { describe, expect, it } from '@jest/globals';
import { webform } from '#providers/index.ts';

const email = { name: 'email', label: 'Email', type: 'email', mapsTo: 'email' };

function problemsOf(form: object): string[] {
  const { error } = webform.accountSchema.safeParse({ forms: { contact: { title: 'Contact', ...form } } });
  return (error?.issues ?? []).map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`);
}

describe('a form of accord.yaml', () => {
  it('needs a title and one field', () => {
    expect(problemsOf({ fields: [email] })).toEqual([]);
    expect(problemsOf({ fields: [{ name: 'phone', label: 'Phone', type: 'tel', mapsTo: 'phone' }] })).toEqual([]);
  });

  it.each<[what: string, form: object, problem: string]>([
    [
      'has neither an email nor a phone field',
      { fields: [{ name: 'name', label: 'Name' }] },
      'fields: A contact needs an email address or a phone number: add a field with mapsTo: email or mapsTo: phone.',
    ],
    [
      'has thanks and a redirect',
      { fields: [email], thanks: 'Thanks', redirect: '/x' },
      'redirect: Set thanks or redirect, not both: the visitor sees only one of them.',
    ],
    ['has two fields of one name', { fields: [email, email] }, 'fields.1.name: Two fields have this name.'],
    [
      'has a field with the name of the honeypot',
      { fields: [email, { name: 'homepage', label: 'Homepage' }] },
      'fields.1.name: The honeypot has this name: rename one of them.',
    ],
    [
      'has a select without options',
      { fields: [email, { name: 'x', label: 'X', type: 'select' }] },
      'fields.1.options: A select needs options.',
    ],
    [
      'has options for a text field',
      { fields: [email, { name: 'x', label: 'X', options: ['a'] }] },
      'fields.1.options: Only a field of type select may have this.',
    ],
    [
      'has a consent that is not a checkbox',
      { fields: [email, { name: 'x', label: 'X', consent: { grants: ['call'], text: 'Yes' } }] },
      'fields.1.consent: Only a field of type checkbox may have this.',
    ],
    [
      'has an email address in a text field',
      { fields: [email, { name: 'x', label: 'X', mapsTo: 'email' }] },
      'fields.1.mapsTo: A field of type text cannot fill this: the type must be email.',
    ],
    [
      'lets visitors type their own tags',
      { fields: [email, { name: 'x', label: 'X', mapsTo: 'tag' }] },
      'fields.1.mapsTo: A field of type text cannot fill this: the type must be select or hidden.',
    ],
    [
      'lets visitors send tags in a hidden field',
      { fields: [email, { name: 'x', label: 'X', type: 'hidden', mapsTo: 'tag' }] },
      'fields.1.mapsTo: A hidden field that is a tag needs a value: visitors must not choose their own tags.',
    ],
    [
      'requires a hidden field',
      { fields: [email, { name: 'x', label: 'X', type: 'hidden', required: true }] },
      'fields.1.required: A hidden field cannot be required: visitors cannot fill it in.',
    ],
    [
      'allows an origin with a path',
      { fields: [email], allowedOrigins: ['https://www.example.com/'] },
      'allowedOrigins.0: must be an origin such as https://www.example.com, without a path or a trailing slash',
    ],
  ])('that %s stops the start', (_what, form, problem) => {
    expect(problemsOf(form)).toEqual([problem]);
  });

  it('redirects only to https or to a path on its host', () => {
    const isValid = (redirect: string) => problemsOf({ fields: [email], redirect }).length === 0;
    expect(['/', '/welcome?a=b#c', 'https://www.example.com/thanks'].filter((each) => !isValid(each))).toEqual([]);
    const unsafe = ['//evil.example', '/\\evil.example', '/\t/evil.example', 'http://www.example.com', 'javascript:alert(1)'];
    unsafe.push('data:text/html,x', 'https://user:secret@www.example.com', 'https:\\\\x', 'welcome', '', 'https://');
    expect(unsafe.filter(isValid)).toEqual([]);
  });

  it('allows no wildcard, no list in one string and no other scheme', () => {
    for (const origin of ['*', 'null', 'https://*', 'https://a.example,https://b.example', 'ftp://a.example', 'a.example']) {
      expect(problemsOf({ fields: [email], allowedOrigins: [origin] })).toHaveLength(1);
    }
  });
});

describe('trust: confirm', () => {
  const forms = { contact: { title: 'Contact', trust: 'confirm', fields: [email] }, other: { title: 'Other', fields: [email] } };
  const check = (secrets: object) =>
    webform.checkSettings?.({ account: webform.accountSchema.parse({ forms }), secrets: webform.secretsSchema.parse(secrets) });
  const complete = {
    ...{ SMTP_URL: 'smtps://user:secret@mail.example.com', SMTP_FROM: 'Example Dental <hello@example.com>' },
    PUBLIC_URL: 'https://accord.example.com',
  };

  it('needs a mail server, a sender and the public URL', () => {
    expect(check(complete)).toEqual([]);
    const { PUBLIC_URL: _, ...withoutUrl } = complete;
    expect(check(withoutUrl)).toEqual([
      {
        path: ['forms', 'contact', 'trust'],
        message: 'confirm sends email with links: set PUBLIC_URL, or choose add-only or full',
      },
    ]);
    expect(check({})).toMatchObject([{ message: expect.stringContaining('set SMTP_URL, SMTP_FROM and PUBLIC_URL') }]);
  });

  it('needs a field for the address, and unsigned submissions', () => {
    expect(problemsOf({ trust: 'confirm', fields: [{ name: 'phone', label: 'Phone', type: 'tel', mapsTo: 'phone' }] })).toEqual([
      'trust: A confirmation is sent by email: add a field with mapsTo: email.',
    ]);
    expect(problemsOf({ trust: 'confirm', signedOnly: true, fields: [email] })).toEqual([
      'trust: Signed submissions are trusted in full: a form with signedOnly needs no confirmation.',
    ]);
  });

  it.each([
    ['SMTP_URL', 'mail.example.com'],
    ['SMTP_URL', 'http://mail.example.com'],
    ['SMTP_FROM', 'Example Dental'],
    ['SMTP_FROM', 'hello@example.com\nBcc: x@example.com'],
  ])('refuses %s=%j', (name, text) => {
    expect(webform.secretsSchema.safeParse({ ...complete, [name]: text }).success).toBe(false);
  });
});

describe('WEBFORM_SECRETS', () => {
  it('are one or more, each long enough', () => {
    const parse = (text: string) => webform.secretsSchema.safeParse({ WEBFORM_SECRETS: text });
    expect(parse(`${'a'.repeat(16)} , ${'b'.repeat(32)}`).data).toEqual({ WEBFORM_SECRETS: ['a'.repeat(16), 'b'.repeat(32)] });
    for (const text of ['short', `${'a'.repeat(16)},`, `${'a'.repeat(16)},short`, ',']) expect(parse(text).success).toBe(false);
    expect(webform.secretsSchema.parse({})).toEqual({});
  });
});
