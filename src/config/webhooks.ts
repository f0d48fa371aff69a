import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import { z } from 'zod';

const cidr = z.string().refine(isCidr, 'must be a range of addresses such as 10.1.0.0/16');

const aDay = 'must be a whole number of days from 1 to 3650';
const days = (otherwise: number) => z.int(aDay).min(1, aDay).max(3_650, aDay).default(otherwise);

/** How the webhooks that Accord sends are sent, and how long what is known of them is kept. */
export const webhooksSchema = z
  .strictObject({
    allowPrivateAddresses: z
      .array(cidr)
      .default([])
      .describe('Ranges of addresses, beyond the public Internet, where subscribers may be: CIDRs. Metadata services never are.'),
    requireHttps: z.boolean().default(true).describe('Whether subscribers must be reached by https.'),
    retentionDays: z
      .strictObject({
        attempts: days(30).describe('Of the log of attempts, with its headers and answers. Goes by whole days, UTC.'),
        payloads: days(30).describe(
          'Of events, and of deliveries that are done. What has been due for so long and could not be sent becomes a dead letter.',
        ),
        dead: days(90).describe('Of dead letters, from their death on. They keep their payloads, also beyond `payloads`.'),
      })
      .prefault({})
      .describe('For how many days what was sent is kept. It is removed at 03:30 UTC.'),
    exportDirectory: z
      .string()
      .refine(isAbsolute, 'must be the whole path of a directory, such as /var/lib/accord/exports')
      .nullable()
      .default(null)
      .describe(
        'Where attempts and deliveries are written to before they are removed: a directory that is there and that the worker may write ' +
          'to. Null to keep nothing. The files hold personal data, and nobody removes them.',
      ),
  })
  .prefault({})
  .describe('Webhooks that Accord sends to those who subscribed.');

export type WebhookSettings = z.output<typeof webhooksSchema>;

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return longest > 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= longest;
}
