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

/** Returns a function that masks custom header values in a text: some receivers echo the request. */
export function createScrubber(headers: Headers): (text: string) => string {
  const hidden = Object.entries(headers).flatMap(([name, value]) =>
    isShown(name) ? [] : [value, value.split(' ').at(-1) ?? ''],
  );
  // Short values are no secrets, and occur in ordinary text.
  const long = hidden.filter((value) => value.length >= 8);
  return (text) => long.reduce((rest, value) => rest.replaceAll(value, mask), text);
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
