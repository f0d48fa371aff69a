type Headers = Readonly<Record<string, string>>;

const maxHeaders = 20;
const maxBytes = 4096;

/** A sentence on why these custom headers are invalid; null when they are valid. Never quotes values. */
export function checkCustomHeaders(headers: Headers): string | null {
  const entries = Object.entries(headers);
  if (entries.length > maxHeaders) return `There are ${entries.length} custom headers; the maximum is ${maxHeaders}.`;
  const bytes = entries.reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(value), 0);
  if (bytes > maxBytes) return `The custom headers take ${bytes} bytes; the maximum is ${maxBytes}.`;
  const names = entries.map(([name]) => name.toLowerCase());
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  if (duplicate !== undefined) return `The header ${duplicate} is set twice.`;
  const reserved = names.find((name) => isReserved(name));
  if (reserved !== undefined) return `The header ${reserved} is set by the server and cannot be a custom one.`;
  return checkHeaders(headers);
}

/** A sentence on why a request cannot have these headers; null when it can. */
export function checkHeaders(headers: Headers): string | null {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/.test(name))
      return `${JSON.stringify(name.slice(0, 40))} is not a valid header name.`;
    if (connectionHeaders.test(name)) return `The header ${name} belongs to the connection and cannot be set.`;
    // RFC 9110, section 5.5. A newline would allow header injection and request smuggling.
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      return `The value of the header ${name} has a newline or another forbidden character.`;
  }
  return null;
}

/** Request headers for the log: custom values are masked, because they may be passwords. */
export function redactRequestHeaders(headers: Headers): Record<string, string> {
  return mapValues(headers, (value, name) => (isShown(name) ? value : mask));
}

/** Response headers for the log: the receiver's own secrets are masked. */
export function redactResponseHeaders(
  headers: Record<string, string | string[] | undefined>,
  scrub: (text: string) => string,
): Record<string, string> {
  const texts = Object.entries(headers).map(([name, value = '']) => [name, Array.isArray(value) ? value.join(', ') : value]);
  return mapValues(Object.fromEntries(texts), (value, name) => (sensitiveHeaders.test(name) ? mask : scrub(value)));
}

/** A URL for lists and the audit log: the values of its query are masked, because they may be tokens. */
export function redactUrl(url: string): string {
  return url.replace(/([?&][^=&#]*=)[^&#]+/g, `$1${mask}`);
}

/**
 * Returns a function that masks custom header values and the values of the URL's query in a text: some receivers echo the request, as it
 * is, URL-encoded or in base64.
 */
export function createScrubber(headers: Headers, url: string): (text: string) => string {
  const hidden = Object.entries(headers).flatMap(([name, value]) =>
    isShown(name) ? [] : [value, value.split(' ').at(-1) ?? ''],
  );
  const values = [...hidden, ...(URL.parse(url)?.searchParams.values() ?? [])];
  // Short values are no secrets, and occur in ordinary text.
  const long = values.filter((value) => value.length >= minSecretLength);
  const forms = new Set(long.flatMap((value) => [value, encodeURIComponent(value), ...base64Forms(value)]));
  // The longest first: one form may be a part of another.
  const sorted = [...forms].toSorted((one, other) => other.length - one.length);
  return (text) => sorted.reduce((rest, form) => rest.replaceAll(form, mask), text);
}

const minSecretLength = 8;

/** The three ways in which base64 of a longer text may hold a value, by its place in a group of three bytes, in both alphabets. */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // Digits at both ends also hold bits of the neighbours.
    const from = Math.ceil((offset * 8) / 6);
    const to = Math.floor(((offset + bytes.length) * 8) / 6);
    const form = encoded.slice(from, to);
    return [form, form.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

const mask = '[redacted]';
const connectionHeaders =
  /^(host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|keep-alive|http2-settings|proxy-.*)$/i;
const sensitiveHeaders = /cookie|authorization|token|secret|password|api-?key/i;

function isReserved(name: string): boolean {
  return /^(content-.*|accept-encoding|user-agent|x-webhook-.*|webhook-.*)$/.test(name) || connectionHeaders.test(name);
}

function isShown(name: string): boolean {
  return /^(content-type|user-agent|accept-encoding|x-webhook-.*|webhook-.*)$/i.test(name);
}

function mapValues(headers: Headers, change: (value: string, name: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change(value, name)]));
}
