type Headers = Readonly<Record<string, string>>;

const mostHeaders = 20;
const mostBytes = 4096;

/** What is wrong with an endpoint's own headers, in a sentence; null when they may be sent. Values are never quoted. */
export function checkCustomHeaders(headers: Headers): string | null {
  const entries = Object.entries(headers);
  if (entries.length > mostHeaders) return `An endpoint has at most ${mostHeaders} custom headers.`;
  const bytes = entries.reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(value), 0);
  if (bytes > mostBytes) return `Custom headers take at most ${mostBytes} bytes together.`;
  const names = entries.map(([name]) => name.toLowerCase());
  const double = names.find((name, index) => names.indexOf(name) !== index);
  if (double !== undefined) return `The header ${double} is there twice.`;
  const reserved = names.find((name) => isOurs(name));
  if (reserved !== undefined) return `The header ${reserved} is set by the server and cannot be a custom one.`;
  return checkHeaders(headers);
}

/** What is wrong with the headers of a request that is about to be sent, ours among them. */
export function checkHeaders(headers: Headers): string | null {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/.test(name))
      return `${JSON.stringify(name.slice(0, 40))} cannot be the name of a header.`;
    if (ofTheConnection.test(name)) return `The header ${name} belongs to the connection and cannot be set.`;
    // RFC 9110, section 5.5. A newline would begin a header, or a request, of somebody else's making.
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      return `The value of the header ${name} has a newline or another forbidden character.`;
  }
  return null;
}

/** Request headers as they may be kept: what the endpoint's owner added may be a password, and is masked. */
export function redactRequestHeaders(headers: Headers): Record<string, string> {
  return mapValues(headers, (value, name) => (isShown(name) ? value : mask));
}

/** Response headers as they may be kept, without what the receiver itself keeps secret. */
export function redactResponseHeaders(
  headers: Record<string, string | string[] | undefined>,
  scrub: (text: string) => string,
): Record<string, string> {
  const texts = Object.entries(headers).map(([name, value = '']) => [name, Array.isArray(value) ? value.join(', ') : value]);
  return mapValues(Object.fromEntries(texts), (value, name) => (telling.test(name) ? mask : scrub(value)));
}

/** Takes the custom headers' values out of a text: there are receivers that answer with the request. */
export function createScrubber(headers: Headers): (text: string) => string {
  const hidden = Object.entries(headers).flatMap(([name, value]) =>
    isShown(name) ? [] : [value, value.split(' ').at(-1) ?? ''],
  );
  // Short ones are no secrets, and would take away half of an innocent text.
  const long = hidden.filter((value) => value.length >= 8);
  return (text) => long.reduce((rest, value) => rest.replaceAll(value, mask), text);
}

const mask = '[redacted]';
const ofTheConnection =
  /^(host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|keep-alive|http2-settings|proxy-.*)$/i;
const telling = /cookie|authorization|token|secret|password|api-?key/i;

function isOurs(name: string): boolean {
  return /^(content-.*|accept-encoding|user-agent|x-webhook-.*|webhook-.*)$/.test(name) || ofTheConnection.test(name);
}

function isShown(name: string): boolean {
  return /^(content-type|user-agent|accept-encoding|x-webhook-.*|webhook-.*)$/i.test(name);
}

function mapValues(headers: Headers, change: (value: string, name: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change(value, name)]));
}
