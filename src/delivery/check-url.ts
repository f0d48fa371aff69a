import { isIP } from 'node:net';
import { AddressBlockedError, type AddressGuard, describeBlocked } from './address-guard.ts';

export interface UrlRefusal {
  errorClass: 'invalid_url' | 'ssrf_blocked';
  /** A sentence for the owner of the endpoint. */
  reason: string;
}

/** Some browsers and proxies fail beyond this. */
const maxUrlLength = 2048;

/** A sentence on why this URL cannot be registered; null when it can. Does not resolve names: see `checkHost`. */
export function checkUrl(url: string, guard: AddressGuard): string | null {
  return findUrlRefusal(url, guard)?.reason ?? null;
}

/**
 * A sentence on why the host resolves to a forbidden address; null when it does not. Also null when it does not resolve, because the name
 * may be set up later. Every connection checks again.
 */
export async function checkHost(url: string, guard: AddressGuard): Promise<string | null> {
  try {
    await guard.resolve(hostOf(new URL(url)));
    return null;
  } catch (error) {
    return error instanceof AddressBlockedError ? error.message : null;
  }
}

/** Why nothing may be sent to this URL; null when it may. Does not resolve names. */
export function findUrlRefusal(text: string, guard: AddressGuard): UrlRefusal | null {
  if (text.length > maxUrlLength) return invalid(`The URL has ${text.length} characters; the maximum is ${maxUrlLength}.`);
  // The parser drops these silently.
  if (/[\s\p{Cc}]/u.test(text)) return invalid('The URL must not contain spaces, newlines or control characters.');
  const url = URL.parse(text);
  return url ? (findSyntaxRefusal(text, url, guard) ?? findPlaceRefusal(url, guard)) : invalid('This is not a URL.');
}

/** The host without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function findSyntaxRefusal(text: string, url: URL, { requireHttps }: AddressGuard): UrlRefusal | null {
  // The parser also takes `https:host`.
  if (!/^https?:\/\//i.test(text)) return invalid('The URL must begin with https://.');
  if (url.protocol === 'http:' && requireHttps)
    return invalid('The URL must begin with https://, because deliveries hold personal data.');
  if (url.username || url.password)
    return invalid('The URL must not contain a user name or password. Use a custom header instead.');
  if (text.includes('#')) return invalid('The URL must not contain a fragment (#…), because it would never be sent.');
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

/** RFC 6761, section 6.3: these names always mean this machine. */
function isLocalhost(host: string): boolean {
  return /(^|\.)localhost\.?$/.test(host);
}

function invalid(reason: string): UrlRefusal {
  return { errorClass: 'invalid_url', reason };
}

function blocked(reason: string): UrlRefusal {
  return { errorClass: 'ssrf_blocked', reason };
}
