import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { days } from './retention.ts';

const cidr = z.string().refine(isCidr, 'must be a range of IP addresses such as 10.1.0.0/16');

/** How Accord sends deliveries to endpoints, and how long it keeps their data. */
export const webhooksSchema = z
  .strictObject({
    allowPrivateAddresses: z
      .array(cidr)
      .default([])
      .describe('Private IP ranges (CIDR) in which endpoints are allowed. Metadata services are never allowed.'),
    requireHttps: z.boolean().default(true).describe('Whether endpoints must use https.'),
    maxEndpoints: z
      .int()
      .min(1)
      .max(10_000)
      .default(50)
      .describe('Maximum number of endpoints. Every change of a contact is sent to each endpoint that subscribes to it.'),
    retentionDays: z
      .strictObject({
        attempts: days(30).describe('Delivery attempts, with headers and responses. Removed by whole days, in UTC.'),
        payloads: days(30).describe(
          'Events and finished deliveries. A delivery that has been due for this long becomes a dead letter.',
        ),
        dead: days(90).describe(
          'Dead letters, from the day on which they became one. They keep their payloads longer than `payloads` says.',
        ),
      })
      .prefault({})
      .describe('Days to keep data. Accord removes older data at 03:30 UTC.'),
    exportDirectory: z
      .string()
      .refine(isAbsolute, 'must be an absolute path, such as /var/lib/accord/exports')
      .nullable()
      .default(null)
      .describe(
        'An existing directory, writable by the worker, to which attempts and deliveries are exported before they are removed. Null ' +
          'exports nothing. The files hold personal data, and Accord never removes them.',
      ),
  })
  .prefault({})
  .describe('Deliveries of lead events to subscribed endpoints.');

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  const maxBits = { 4: 32, 6: 128 }[isIP(address)] ?? 0;
  return maxBits > 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= maxBits;
}
