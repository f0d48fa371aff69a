import { z } from 'zod';
import { withCode } from '#sandbox/square/parse-body.ts';

const onlyOne = withCode('CONFLICTING_PARAMETERS', 'Either exact or fuzzy can be sent, not both.');
const textFilter = z
  .object({ exact: z.string().min(1).optional(), fuzzy: z.string().min(1).optional() })
  .refine(({ exact, fuzzy }) => exact === undefined || fuzzy === undefined, onlyOne)
  .refine(
    ({ exact, fuzzy }) => (exact ?? fuzzy) !== undefined,
    withCode('MISSING_REQUIRED_PARAMETER', 'exact or fuzzy is needed.'),
  );
export type TextFilter = z.output<typeof textFilter>;

const time = z
  .string()
  .refine(
    (text) => z.iso.datetime({ offset: true }).safeParse(text).success,
    withCode('INVALID_TIME', 'Expected an RFC 3339 time.'),
  )
  .transform((text) => Date.parse(text));
const timeRange = z
  .object({ start_at: time.optional(), end_at: time.optional() })
  .refine(
    ({ start_at: start = 0, end_at: end = Number.POSITIVE_INFINITY }) => start <= end,
    withCode('INVALID_TIME_RANGE', 'start_at is after end_at.'),
  );
export type TimeRange = z.output<typeof timeRange>;

const ids = z.array(z.string()).optional();

/** Square docs (CustomerFilter). */
export const filterSchema = z.object({
  email_address: textFilter.optional(),
  phone_number: textFilter.optional(),
  reference_id: textFilter.optional(),
  created_at: timeRange.optional(),
  updated_at: timeRange.optional(),
  creation_source: z
    .object({ values: z.array(z.string()).optional(), rule: z.enum(['INCLUDE', 'EXCLUDE']).default('INCLUDE') })
    .optional(),
  group_ids: z.object({ any: ids, all: ids, none: ids }).optional(),
  segment_ids: z.unknown().optional(),
  custom_attribute: z.unknown().optional(),
});
export type Filter = z.output<typeof filterSchema>;
