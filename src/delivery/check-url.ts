import { isIP } from 'node:net';
import { AddressBlockedError, type AddressGuard, describeBlocked } from './address-guard.ts';

export interface UrlRefusal {
  errorClass: 'invalid_url' | 'ssrf_blocked';
  /** For the person who wrote the URL. */
  reason: string;
}

/** Browsers and proxies begin to fail from here on. */
const longestUrl = 2048;

/** What is wrong with a subscriber's URL, in a sentence; null when it may be registered. Names are not resolved: see `checkHost`. */
export function checkUrl(url: string, guard: AddressGuard): string | null {
  return findUrlRefusal(url, guard)?.reason ?? null;
}

/**
 * Does the URL's host lead to where nothing may be sent, as its name stands now? A sentence, or null, also when it does not resolve:
 * it may be set up later. Asked again with every connection.
 */
export async function checkHost(url: string, guard: AddressGuard): Promise<string | null> {
  try {
    await guard.resolve(hostOf(new URL(url)));
    return null;
  } catch (error) {
    return error instanceof AddressBlockedError ? error.message : null;
  }
}

export function findUrlRefusal(text: string, guard: AddressGuard): UrlRefusal | null {
  if (text.length > longestUrl) return invalid(`A URL has at most ${longestUrl} characters; this one has ${text.length}.`);
  // The parser drops these in silence.
  if (/[\s\p{Cc}]/u.test(text)) return invalid('A URL has no spaces, newlines or control characters.');
  const url = URL.parse(text);
  return url ? (findSyntaxRefusal(text, url, guard) ?? findPlaceRefusal(url, guard)) : invalid('This is not a URL.');
}

/** Without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function findSyntaxRefusal(text: string, url: URL, { requireHttps }: AddressGuard): UrlRefusal | null {
  // `https:host` is one to the parser, and to hardly anybody else.
  if (!/^https?:\/\//i.test(text)) return invalid('A URL begins with https://.');
  if (url.protocol === 'http:' && requireHttps)
    return invalid('The URL must begin with https://: what is sent is personal data.');
  if (url.username || url.password) return invalid('A URL has no user name or password in it; use a custom header instead.');
  if (text.includes('#')) return invalid('A URL has no fragment (#…): it would never be sent.');
  return null;
}

function findPlaceRefusal(url: URL, guard: AddressGuard): UrlRefusal | null {
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  if (!guard.allowsPort(port)) return blocked(`Port ${port} is blocked by this server's settings.`);
  const host = hostOf(url);
  const address = isIP(host) ? host : isLocalhost(host) ? '127.0.0.1' : null;
  const refusal = address && guard.findRefusal(address);
  return refusal ? blocked(describeBlocked(host, address, refusal)) : null;
}

/** RFC 6761, section 6.3: these never leave the machine. */
function isLocalhost(host: string): boolean {
  return /(^|\.)localhost\.?$/.test(host);
}

function invalid(reason: string): UrlRefusal {
  return { errorClass: 'invalid_url', reason };
}

function blocked(reason: string): UrlRefusal {
  return { errorClass: 'ssrf_blocked', reason };
}
