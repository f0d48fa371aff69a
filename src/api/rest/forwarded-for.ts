import { isIP } from 'node:net';
import type { RequestHandler } from 'express';

/**
 * Middleware that takes the ports out of X-Forwarded-For. Some proxies add them (Azure Application Gateway: `203.0.113.9:41000`). With
 * one, Express trusts no address of the list, and every connection of a client counts as another client.
 */
export const dropForwardedPorts: RequestHandler = ({ headers }, _res, next) => {
  const forwarded = headers['x-forwarded-for'];
  if (typeof forwarded === 'string') headers['x-forwarded-for'] = forwarded.split(',').map(toAddress).join(', ');
  next();
};

/** `203.0.113.9:41000` and `"[2001:db8::1]:443"` without port, brackets and quotes; any other text as it is. */
function toAddress(entry: string): string {
  const text = entry.trim().replace(/^"(.*)"$/, '$1');
  const [, v6, v4] = /^\[([^\]]+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text) ?? [];
  const address = v6 ?? v4;
  return address !== undefined && isIP(address) !== 0 ? address : text;
}
