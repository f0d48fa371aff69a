import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FormApi, site, startFormApi } from './web-form-api.ts';

const attack = `"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;{{1}}\``;
const escaped = '&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&amp;amp;{{1}}`';

/** A form with hostile text in every setting. */
const hostile = {
  title: attack,
  intro: attack,
  submitLabel: attack,
  thanks: attack,
  fields: [
    { name: 'email', label: attack, type: 'email', hint: attack, mapsTo: 'email', required: true },
    { name: 'choice', label: attack, type: 'select', options: [attack, { value: 'x', label: attack }] },
    { name: 'text', label: attack },
    { name: 'long', label: attack, type: 'textarea' },
    { name: 'tick', label: attack, type: 'checkbox', consent: { grants: ['email'], text: attack } },
    { name: 'hidden', label: attack, type: 'hidden' },
  ],
};

let api: FormApi;
let other: FormApi;
beforeAll(async () => {
  [api, other] = await Promise.all([startFormApi(), startFormApi({ forms: { hostile } })]);
});
afterAll(() => Promise.all([api.close(), other.close()]));

const open = (path: string, from = api) => fetch(from.url + path, { headers: { accept: 'text/html' } });
const tagsOf = (page: string, name: string) => page.match(new RegExp(`<${name}\\b[^>]*>`, 'g')) ?? [];
const attribute = (tag: string, name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];

describe('the page of a form', () => {
  it('has a language, a title, a viewport, and a label for every control', async () => {
    const response = await open('/form/contact');
    const page = await response.text();
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain('<title>Contact us</title>');
    expect(page).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    const labelled = tagsOf(page, 'label').map((tag) => attribute(tag, 'for'));
    const controls = ['input', 'select', 'textarea'].flatMap((name) => tagsOf(page, name));
    const shown = controls.filter((tag) => attribute(tag, 'type') !== 'hidden');
    expect(shown.map((tag) => attribute(tag, 'id'))).toEqual(expect.arrayContaining(labelled));
    expect(labelled).toHaveLength(shown.length);
    expect(new Set(labelled).size).toBe(labelled.length);
  });

  it('has autofill tokens and text directions', async () => {
    const page = await (await open('/form/contact')).text();
    const inputs = new Map(tagsOf(page, 'input').map((tag) => [attribute(tag, 'name'), tag]));
    expect(inputs.get('name')).toMatch(/required .*dir="auto".*autocomplete="name"/);
    expect(inputs.get('email')).toMatch(/type="email".*autocomplete="email"/);
    expect(inputs.get('phone')).toMatch(/type="tel".*aria-describedby="accord-contact-phone-hint".*autocomplete="tel"/);
    expect(inputs.get('born')).toMatch(/type="date".*autocomplete="bday"/);
    expect(tagsOf(page, 'textarea').join()).toContain('dir="auto"');
    expect(page).toContain('<option value="service">Service &amp; repair</option>');
    expect(page).toContain('You may call and text me.');
  });

  it('runs no script, loads nothing, and cannot be framed', async () => {
    const response = await open('/form/contact');
    const page = await response.text();
    expect(page).not.toMatch(/<(script|link|img|iframe)|\bsrc=|url\(|\son\w+=|\sstyle=/);
    const policy = response.headers.get('content-security-policy');
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]+=*'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(response.headers.get('referrer-policy')).toBe('same-origin');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await open('/form/away')).headers.get('content-security-policy')).toContain(`form-action 'self' ${site};`);
  });

  it('hides the honeypot from sight, screen readers and the keyboard', async () => {
    const page = await (await open('/form/contact')).text();
    expect(page).toMatch(/<div class="away" aria-hidden="true"[^>]*>\s*<label[^>]*>[^<]*<\/label>\s*<input[^>]*tabindex="-1"/);
  });

  it('fills only hidden fields from the query string', async () => {
    const page = await (await open('/form/contact?campaign=a%22%3E%3Cb%3E&name=Mallory&campaign2=x')).text();
    expect(page).toContain('<input type="hidden" name="campaign" value="a&quot;&gt;&lt;b&gt;">');
    expect(page).not.toContain('Mallory');
    expect((await open('/form/contact?campaign[a]=1')).status).toBe(200);
  });

  it.each(['/form/unknown', '/form/partner', '/form/partner/thanks', '/form/toString'])('does not exist at %s', async (path) => {
    const response = await open(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect(await response.text()).toContain('There is no such form.');
  });
});

describe('a form post without script', () => {
  it('redirects to the thanks page, or to the redirect of accord.yaml', async () => {
    const values = { name: 'Ada', email: 'page@example.com' };
    const sent = await api.sendPage('contact', values);
    expect([sent.status, sent.headers.get('location')]).toEqual([303, '/form/contact/thanks']);
    expect(await (await open('/form/contact/thanks')).text()).toContain('Thank you very much.');
    const away = await api.sendPage('away', values);
    expect([away.status, away.headers.get('location')]).toEqual([303, 'https://www.example.com/thanks']);
  });

  it('shows the submitted values again, with errors in a summary and at each field', async () => {
    const message = '\nשלום <b>𠮷</b>';
    const response = await api.sendPage('contact', { name: '', email: 'ada@', topic: 'service', consent: 'yes', message });
    const page = await response.text();
    expect(response.status).toBe(422);
    expect(page).toContain('<title>Error: Contact us</title>');
    expect(page).toMatch(/role="alert" tabindex="-1" autofocus/);
    for (const [field, sentence] of [
      ['name', 'Fill in: Name.'],
      ['email', 'Enter an email address, such as name@example.com.'],
    ]) {
      expect(page).toContain(`<li><a href="#accord-contact-${field}">${sentence}</a></li>`);
      expect(page).toContain(`<p class="error" id="accord-contact-${field}-error">Error: ${sentence}</p>`);
      expect(page).toMatch(
        new RegExp(`name="${field}"[^>]* aria-invalid="true" aria-describedby="accord-contact-${field}-error"`),
      );
    }
    expect(page).toContain('value="ada@"');
    expect(page).toContain('<option value="service" selected>');
    expect(page).toMatch(/name="consent" value="yes" checked/);
    // Browsers drop the first line feed after the tag.
    expect(page).toContain('>\n\nשלום &lt;b&gt;𠮷&lt;/b&gt;</textarea>');
  });

  it('gets a page with the reason of a refusal', async () => {
    const foreign = await api.sendPage('contact', { name: 'Ada' }, { origin: 'https://evil.example' });
    expect([foreign.status, foreign.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    expect(await foreign.text()).toContain('This site may not use this form');
    const large = await api.sendPage('contact', { name: 'x'.repeat(300 * 1024) });
    expect([large.status, await large.text()]).toEqual([413, expect.stringContaining('The body is too large.')]);
    for (let each = 0; each < 2; each += 1) await api.sendPage('strict', { name: 'Ada', email: `${each}@example.com` });
    const many = await api.sendPage('strict', { name: 'Ada <b>', email: 'many@example.com' });
    const text = await many.text();
    expect([many.status, Number(many.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect(text).toContain('Please wait a few minutes and try again.');
    expect(text).toContain('value="Ada &lt;b&gt;"');
  });
});

describe('hostile text', () => {
  it('is escaped in every setting of a form', async () => {
    for (const path of ['/form/hostile', '/form/hostile/thanks', `/form/hostile?hidden=${encodeURIComponent(attack)}`]) {
      expectHarmless(await (await open(path, other)).text());
    }
  });

  it('is escaped in every field that is shown again', async () => {
    const values = Object.fromEntries(hostile.fields.map(({ name }) => [name, attack]));
    const page = await (await other.sendPage('hostile', values)).text();
    expectHarmless(page);
    for (const name of ['email', 'text', 'hidden'])
      expect(page).toMatch(new RegExp(`name="${name}"[^>]* value="${toPattern(escaped)}"`));
    expect(page).toContain(`>\n${escaped}</textarea>`);
  });

  it('is escaped in the name of a form and of a field', async () => {
    const path = encodeURIComponent('<script>alert(1)</script>');
    expectHarmless(await (await open(`/form/${path}`)).text());
    expectHarmless(await (await api.sendPage('contact', { [attack]: attack })).text());
    const problem = await api.send('contact', { [attack]: attack });
    expect(problem.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  });

  function expectHarmless(page: string): void {
    expect(page).not.toMatch(/<script|<img|"'>/);
  }
  const toPattern = (text: string) => text.replaceAll(/[()[\]{}.*+?^$|\\]/g, '\\$&');
});

describe('the embed script', () => {
  it('may be loaded by any site, and is small', async () => {
    const response = await fetch(`${api.url}/form/embed.js`);
    const script = await response.text();
    expect(response.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(script.length).toBeLessThan(8_000);
    // A script, not a module: it needs document.currentScript.
    expect(() => new Function(script)).not.toThrow();
  });

  it('gets the form as a fragment on allowed sites', async () => {
    const response = await fetch(`${api.url}/form/contact/fragment`, { headers: { origin: site } });
    const fragment = await response.text();
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, site]);
    expect(fragment).toMatch(/^<form method="post" action="\/webforms\/contact"[^>]*data-thanks="Thank you very much."/);
    expect(fragment).toMatch(/<\/form>$/);
    const foreign = await fetch(`${api.url}/form/contact/fragment`, { headers: { origin: 'https://evil.example' } });
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });
});
