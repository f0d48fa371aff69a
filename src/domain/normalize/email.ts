import type { Email } from '#domain/values.ts';
import { normalizeLine, saysNothing } from './text.ts';

/** The canonical form of an email address, for storing and sending; null when it is blank or cannot receive mail. */
export function normalizeEmail(raw: string | null | undefined, label?: string | null): Email | null {
  const address = (normalizeLine(raw) ?? '').normalize('NFKC').toLowerCase().normalize('NFKC');
  const [, local, host] = shape.exec(address) ?? [];
  if (local === undefined || host === undefined || local.length > 64) return null;
  const domain = toAsciiDomain(host);
  if (domain === null || local.length + 1 + domain.length > 254) return null;
  return { address: `${local}@${domain}`, label: normalizeLine(label) };
}

/**
 * An email as a record shows it: its canonical form, or else the typed text, because unreadable text is not empty. Null when it is
 * blank or a placeholder for none.
 */
export function readEmail(raw: string | null | undefined, label?: string | null): Email | null {
  const typed = normalizeLine(raw);
  if (typed === null) return null;
  return normalizeEmail(typed, label) ?? (saysNothing(typed) ? null : { address: typed, label: normalizeLine(label) });
}

/** Whether the address of an `Email` is one, in its canonical form. Else it is a text that nobody can be found or written to by. */
export function isEmailAddress(address: string): boolean {
  return normalizeEmail(address)?.address === address;
}

/**
 * The key that all spellings of one mailbox share, for comparison and never for sending; null for a mailbox of a role, which many
 * people share, for a placeholder, and for a text that is no address. gmail.com ignores dots and +tags, a few other hosts ignore +tags;
 * every other address is its own key.
 */
export function emailMatchKey(address: string): string | null {
  if (!isEmailAddress(address)) return null;
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  const untagged = ignoreTags.has(domain) ? local.replace(/\+.*$/, '') : local;
  if (untagged === '' || roles.has(untagged) || isPlaceholderEmail(address)) return null;
  return gmail.has(domain) ? `${untagged.replaceAll('.', '')}@gmail.com` : `${untagged}@${domain}`;
}

const gmail = new Set(['gmail.com', 'googlemail.com']);
const ignoreTags = new Set([...gmail, 'outlook.com', 'hotmail.com', 'live.com', 'fastmail.com', 'icloud.com', 'me.com']);
/** Mailboxes of a role, not of a person: those of RFC 2142, and others that businesses use. */
const roles = new Set(
  `info sales office admin contact hello support help service enquiries inquiries billing accounts accounting reception
team mail marketing hr jobs noreply no-reply postmaster webmaster hostmaster abuse`.split(/\s+/),
);

/** Whether the address was typed into a required field in place of a real one: `noemail@…`, `no_email2@…`, `x@none.com`. */
export function isPlaceholderEmail(address: string): boolean {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at).replace(/\+.*$/, '');
  const word = local.replace(/[._-]/g, '').replace(/(?<=\p{L}{3})\d+$/u, '');
  return placeholders.has(word) || placeholderDomains.has(address.slice(at + 1)) || address.endsWith('.invalid');
}

/** Whether the domain has mailboxes of many people. Without claim to be complete. */
export function isMailService(domain: string): boolean {
  return mailServices.has(domain) || ignoreTags.has(domain);
}

const placeholders = new Set(
  `noemail nomail none na no test testing tester asdf asdfg qwerty nobody noone unknown null nil undefined anonymous fake fakeemail
dummy sample example notprovided notavailable notapplicable notgiven noemailprovided noemailgiven noemailaddress donthave donothave
keine keinemail keineemail keinemailadresse unbekannt ohneemail sinemail sincorreo sinmail notiene notengo ninguno desconocido sansemail
sansmail pasdemail pasdadresse aucun inconnu sememail naotem naotenho nenhum semmail nessuno nessuna senzaemail nonho geen geenemail
geenmail onbekend brak brakemaila nieznany`.split(/\s+/),
);

/** Domains that people make up. Some exist, and belong to nobody who would write. */
const placeholderDomains = new Set(
  'none.com noemail.com noemail.net noemail.org nomail.com nomail.net noreply.com notprovided.com fake.com test.com test.test na.na'.split(
    ' ',
  ),
);

const mailServices = new Set(
  `yahoo.com ymail.com aol.com msn.com gmx.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de proton.me
protonmail.com mail.com mail.ru yandex.ru orange.fr free.fr laposte.net libero.it uol.com.br bol.com.br terra.com.br ziggo.nl
kpnmail.nl naver.com daum.net hanmail.net qq.com 163.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp comcast.net verizon.net
att.net sbcglobal.net yahoo.co.uk yahoo.com.au yahoo.fr yahoo.de yahoo.es yahoo.it rocketmail.com hotmail.co.uk hotmail.fr
hotmail.de hotmail.es hotmail.it outlook.de outlook.fr live.co.uk live.com.au mac.com aol.co.uk bellsouth.net cox.net
charter.net earthlink.net bigpond.com bigpond.net.au optusnet.com.au iinet.net.au tpg.com.au btinternet.com sky.com
virginmedia.com talktalk.net ntlworld.com wanadoo.fr sfr.fr virgilio.it tiscali.it 126.com rediffmail.com shaw.ca rogers.com
sympatico.ca telus.net xtra.co.nz zoho.com hey.com`.split(/\s+/),
);

/** RFC 5321 without quoted local parts and address literals, which no vendor accepts; letters of any script. */
const shape = /^([\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*)@([\p{L}\p{M}\p{N}.-]+)$/u;

/** `bücher.example` → `xn--bcher-kva.example`; null for a text that is no public domain name: an IP address, a single word, a typo. */
function toAsciiDomain(host: string): string | null {
  if (plainDomain.test(host)) return host;
  if (!URL.canParse(`http://${host}`)) return null;
  const ascii = new URL(`http://${host}`).hostname;
  return /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+(?:[a-z]{2,63}|xn--[a-z\d-]{1,58}[a-z\d])$/.test(ascii) ? ascii : null;
}

/** Domains that stay as they are, which nearly all do: without a punycode label, which may be wrong. */
const plainDomain = /^(?!.*xn--)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z]{2,63}$/;
