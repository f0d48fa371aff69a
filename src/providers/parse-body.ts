import type { z } from 'zod';

/** What a webhook's body says, as far as we read it; null where it is no JSON in UTF-8, or not of this shape. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, rawBody: Buffer): z.output<Schema> | null {
  try {
    const parsed = schema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(rawBody)));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
