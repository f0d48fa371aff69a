import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  checkCustomHeaders,
  checkHeaders,
  createScrubber,
  redactRequestHeaders,
  redactResponseHeaders,
  redactUrl,
} from '#delivery/headers.ts';

describe('custom headers', () => {
  it.each([
    [{}],
    [{ Authorization: 'Bearer 4f9c', 'X-Tenant': 'nord', "!#$%&'*+.^_`|~": 'tab\tand\xe9' }],
    [Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`X-${index}`, 'x'.repeat(150)]))],
  ])('%# can be sent', (headers) => {
    expect(checkCustomHeaders(headers)).toBeNull();
  });

  it.each([
    'Host',
    'Connection',
    'TE',
    'Transfer-Encoding',
    'Trailer',
    'Upgrade',
    'Expect',
    'Keep-Alive',
    'Proxy-Authorization',
    'Content-Type',
    'content-length',
    'Content-Encoding',
    'Accept-Encoding',
    'User-Agent',
    'X-Webhook-Signature',
    'x-webhook-anything',
    'Webhook-Id',
    'webhook-signature',
  ])('must not be %s', (name) => {
    expect(checkCustomHeaders({ [name]: 'x' })).toContain(`The header ${name.toLowerCase()} is set by the server`);
  });

  it.each([
    ['a line feed', { 'X-A': 'one\nX-B: two' }, 'newline'],
    ['a carriage return', { 'X-A': 'one\rtwo' }, 'newline'],
    ['a zero', { 'X-A': 'one\0' }, 'forbidden character'],
    ['a delete', { 'X-A': '\x7f' }, 'forbidden character'],
    ['a character beyond Latin-1', { 'X-A': '王' }, 'forbidden character'],
    ['a newline in the name', { 'X-A\r\nX-B': 'two' }, 'is not a valid header name'],
    ['a space in the name', { 'X A': 'one' }, 'is not a valid header name'],
    ['a colon in the name', { 'X-A:': 'one' }, 'is not a valid header name'],
    ['no name', { '': 'one' }, 'is not a valid header name'],
    ['the same name twice', { 'X-A': '1', 'x-a': '2' }, 'x-a is set twice'],
    ['more than 20', Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`X-${index}`, ''])), 'the maximum is 20'],
    ['more than 4 KB', { 'X-A': 'a'.repeat(4094) }, 'the maximum is 4096'],
  ])('must not have %s', (_, headers, because) => {
    expect(checkCustomHeaders(headers)).toContain(because);
  });

  it('are not quoted in a refusal', () => {
    expect(checkCustomHeaders({ Authorization: 'hunter2\n' })).not.toContain('hunter2');
  });
});

describe('the headers of a request', () => {
  it("can be Accord's own", () => {
    expect(checkHeaders({ 'Content-Type': 'application/json', 'X-Webhook-Event': 'new_lead', 'webhook-id': '1' })).toBeNull();
  });

  it.each([{ Host: 'internal' }, { 'content-length': '3' }, { 'X-A': 'a\r\n\r\nPOST / HTTP/1.1' }])(
    'may not be %j',
    (headers) => {
      expect(checkHeaders(headers)).not.toBeNull();
    },
  );
});

describe('the log of an attempt', () => {
  it("shows Accord's headers, and only the names of custom ones", () => {
    const headers = { 'X-Webhook-Event': 'new_lead', 'webhook-id': '1', Authorization: 'Bearer 4f9c1c', 'X-Tenant': 'north' };
    expect(redactRequestHeaders(headers)).toEqual({
      'X-Webhook-Event': 'new_lead',
      'webhook-id': '1',
      Authorization: '[redacted]',
      'X-Tenant': '[redacted]',
    });
  });

  it("does not show the receiver's cookies and tokens", () => {
    const headers = { server: 'nginx', 'set-cookie': ['sid=1', 'b=2'], 'x-api-key': 'k', 'x-csrf-token': 't', via: ['a', 'b'] };
    expect(redactResponseHeaders(headers, (text) => text.replace('nginx', 'n'))).toEqual({
      server: 'n',
      'set-cookie': '[redacted]',
      'x-api-key': '[redacted]',
      'x-csrf-token': '[redacted]',
      via: 'a, b',
    });
  });

  it('does not show a custom value that the receiver sent back', () => {
    const headers = { Authorization: 'Bearer 4f9c1c77', 'X-Short': 'ok', 'X-Webhook-Event': 'new_lead' };
    const scrub = createScrubber(headers, 'https://your-app.com/');
    expect(scrub('ok: new_lead, Bearer 4f9c1c77, 4f9c1c77')).toBe('ok: new_lead, [redacted], [redacted]');
  });

  it.each([
    ['a header', { 'X-Token': 'open+sesame/17' }, 'https://your-app.com/'],
    ['the query of the URL', {}, 'https://your-app.com/?key=open%2Bsesame%2F17'],
  ])('does not show a value of %s that the receiver sent back encoded', (_, headers, url) => {
    const scrub = createScrubber(headers as Record<string, string>, url);
    expect(scrub(`as ${encodeURIComponent('open+sesame/17')}`)).toBe('as [redacted]');
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.constantFrom('base64', 'base64url'), (before, after, alphabet) => {
        const text = Buffer.from(`${before}open+sesame/17${after}`).toString(alphabet as BufferEncoding);
        expect(scrub(text)).toContain('[redacted]');
        expect(Buffer.from(scrub(text).replace('[redacted]', ''), 'base64').toString()).not.toContain('sesame');
      }),
    );
  });

  it('shows a URL without the values of its query', () => {
    expect(redactUrl('https://your-app.com/a?key=opensesame&x=&y=1#z')).toBe(
      'https://your-app.com/a?key=[redacted]&x=&y=[redacted]#z',
    );
  });
});
