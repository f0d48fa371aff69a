/** The field in which a browser names the charset of a form post: https://html.spec.whatwg.org/#attr-fe-name-charset */
const charsetField = '_charset_';

/** Whether form posts may be in this charset. In UTF-16, `&` and `=` are other bytes. */
export function isCharset(label: string): boolean {
  const decoder = findDecoder(label);
  return decoder !== null && !decoder.encoding.startsWith('utf-16');
}

/**
 * The fields of a form post, in the charset that its content type or its field `_charset_` names; without a name in UTF-8 if it is
 * that, else in windows-1252, as forms of old pages are. Null when the text is not in the named charset.
 */
export function parseFormPost(body: Buffer, declared: string | null): Map<string, string> | null {
  const pairs = body
    .toString('latin1')
    .split('&')
    .filter((pair) => pair !== '')
    .map(splitPair);
  const named = pairs.findLast(([name]) => name.toString('latin1') === charsetField)?.[1].toString('latin1');
  const charset = declared ?? (named !== undefined && isCharset(named) ? named : null);
  const fields = charset === null ? (decode(pairs, 'utf-8') ?? decode(pairs, 'windows-1252')) : decode(pairs, charset);
  fields?.delete(charsetField);
  return fields;
}

type Pair = [name: Buffer, value: Buffer];

function splitPair(pair: string): Pair {
  const equals = pair.indexOf('=');
  const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
  return [toBytes(name), toBytes(value)];
}

/** The bytes that the text stands for: `+` is a space, `%E9` a byte. A `%` without two digits stands for itself. */
function toBytes(text: string): Buffer {
  const spaced = text.replaceAll('+', ' ');
  return Buffer.from(
    spaced.replaceAll(/%([\da-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

function decode(pairs: readonly Pair[], charset: string): Map<string, string> | null {
  const decoder = findDecoder(charset);
  if (decoder === null) return null;
  try {
    const fields = new Map(pairs.map(([name, value]) => [decoder.decode(name), decoder.decode(value)]));
    // Bytes that windows-1252 leaves undefined decode to control characters: the text is in another charset.
    const isBroken = decoder.encoding === 'windows-1252' && [...fields].flat().some((text) => /[\u0080-\u009f]/.test(text));
    return isBroken ? null : fields;
  } catch {
    return null;
  }
}

function findDecoder(label: string): TextDecoder | null {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    return null;
  }
}
