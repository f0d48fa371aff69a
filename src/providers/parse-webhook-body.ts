import type { z } from 'zod';

/** Parses a webhook's raw body. Null when it is not JSON in UTF-8 or does not match `schema`. */
export function parseWebhookBody<Schema extends z.ZodType>(schema: Schema, rawBody: Buffer): z.output<Schema> | null {
  try {
    const parsed = schema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(rawBody)));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
