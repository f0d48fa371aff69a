import { isIP } from 'node:net';
import { z } from 'zod';

const cidr = z.string().refine(isCidr, 'must be a range of addresses such as 10.1.0.0/16');

const days = (otherwise: number) => z.int().min(1).max(3_650).default(otherwise);

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
        attempts: days(30).describe('Of the log of attempts, with its headers and answers.'),
        payloads: days(30).describe('Of events, and of deliveries that are done.'),
        dead: days(90).describe('Of dead deliveries, from their death on. They keep their payloads.'),
      })
      .prefault({})
      .describe('For how many days what was sent is kept.'),
  })
  .prefault({})
  .describe('Webhooks that Accord sends to those who subscribed.');

export type WebhookSettings = z.output<typeof webhooksSchema>;

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return longest > 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= longest;
}
