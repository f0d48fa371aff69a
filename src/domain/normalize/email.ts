import type { Email } from '../contact.ts';
import { normalizeLine } from './text.ts';

/** The stored and sent form of an email address, or null when it is blank or could not receive mail. */
export function normalizeEmail(raw: string | null | undefined, label?: string | null): Email | null {
  const address = (normalizeLine(raw) ?? '').normalize('NFKC').toLowerCase().normalize('NFKC');
  const [, local, host] = shape.exec(address) ?? [];
  if (local === undefined || host === undefined || local.length > 64) return null;
  const domain = toAsciiDomain(host);
  if (domain === null || local.length + 1 + domain.length > 254) return null;
  return { address: `${local}@${domain}`, label: normalizeLine(label) };
}

/** RFC 5321 without quoted local parts and address literals, which no vendor of ours accepts; letters of any script. */
const shape = /^([\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*)@([\p{L}\p{M}\p{N}.-]+)$/u;

/** `bücher.example` → `xn--bcher-kva.example`; null for what is no public domain name (an IP address, a lone word, a typo). */
function toAsciiDomain(host: string): string | null {
  if (!URL.canParse(`http://${host}`)) return null;
  const ascii = new URL(`http://${host}`).hostname;
  return /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+(?:[a-z]{2,63}|xn--[a-z\d-]{1,58}[a-z\d])$/.test(ascii) ? ascii : null;
}
