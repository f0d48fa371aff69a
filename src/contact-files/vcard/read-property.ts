import ICAL from 'ical.js';
import { decode } from 'libqp';
import { decodeText } from '#contact-files/decode-text.ts';

export interface CardProperty {
  /** In lower case, without its group. */
  name: string;
  /** `item1` of `item1.EMAIL`; null without one. */
  group: string | null;
  /** In lower case, of all `TYPE` parameters. */
  types: string[];
  /** The parts of a structured value; one part for any other. A part may be a list. */
  parts: string[][];
}

export type CardVersion = '2.1' | '3.0' | '4.0';

/** A property of a vCard; null for a line that is none. vCard 2.1 is rewritten as 3.0 first. */
export function readProperty(bytes: string, version: CardVersion): CardProperty | null {
  const line = toModernLine(bytes);
  if (line === null) return null;
  try {
    return toProperty(ICAL.parse.property(line, version === '4.0' ? ICAL.design.vcard : ICAL.design.vcard3));
  } catch {
    return null;
  }
}

/**
 * Decodes the line, with its quoted-printable value, and names the parameters of vCard 2.1, which has `TEL;HOME;VOICE` where later versions have
 * `TEL;TYPE=HOME,VOICE` (versit vCard 2.1, section 2.1.4).
 */
function toModernLine(bytes: string): string | null {
  const colon = findColon(bytes);
  if (colon < 0) return null;
  const [name = '', ...given] = bytes.slice(0, colon).split(/;(?=(?:[^"]*"[^"]*")*[^"]*$)/);
  const parameters = given.map(nameParameter);
  const isQuotedPrintable = parameters.some((parameter) => /^ENCODING=QUOTED-PRINTABLE$/i.test(parameter));
  const kept = parameters.filter((parameter) => !/^(?:ENCODING|CHARSET)=/i.test(parameter));
  const value = bytes.slice(colon + 1);
  const text = isQuotedPrintable ? toEscaped(decodeWith(decode(value), findCharset(parameters))) : decodeText(value);
  return `${[decodeText(name), ...kept.map(decodeText)].join(';')}:${text}`;
}

/** The colon that ends the parameters: one may be quoted. */
function findColon(line: string): number {
  let isQuoted = false;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '"') isQuoted = !isQuoted;
    else if (line[at] === ':' && !isQuoted) return at;
  }
  return -1;
}

function nameParameter(parameter: string): string {
  if (parameter.includes('=')) return parameter;
  return /^(?:QUOTED-PRINTABLE|BASE64|8BIT|7BIT)$/i.test(parameter) ? `ENCODING=${parameter}` : `TYPE=${parameter}`;
}

function findCharset(parameters: readonly string[]): string | null {
  return parameters.flatMap((parameter) => /^CHARSET=(.+)$/i.exec(parameter)?.[1] ?? [])[0] ?? null;
}

function decodeWith(bytes: Buffer, charset: string | null): string {
  try {
    if (charset !== null) return new TextDecoder(charset).decode(bytes).replaceAll('\0', '');
  } catch {
    // A charset that nobody knows: the bytes tell.
  }
  return decodeText(bytes.toString('latin1'));
}

/** Line breaks of a decoded value as later versions have them. */
const toEscaped = (text: string): string => text.replace(/\r\n|\r|\n/g, '\\n');

type JCard = [name: string, parameters: Record<string, unknown>, type: string, ...values: unknown[]];

function toProperty([name, parameters, , ...values]: JCard): CardProperty {
  const { type, group } = parameters;
  const types = (Array.isArray(type) ? type : [type]).flatMap((each) =>
    typeof each === 'string' ? each.toLowerCase().split(',') : [],
  );
  const isStructured = values.length === 1 && Array.isArray(values[0]);
  const parts: unknown[] = isStructured && Array.isArray(values[0]) ? values[0] : values;
  return { name, group: typeof group === 'string' ? group : null, types, parts: parts.map(toTexts) };
}

function toTexts(part: unknown): string[] {
  return (Array.isArray(part) ? part : [part]).map((text) => String(text ?? ''));
}
