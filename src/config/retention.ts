import { z } from 'zod';

const daysError = 'must be a whole number of days from 1 to 3650';

/** A number of days to keep data. */
export const days = (byDefault: number) => z.int(daysError).min(1, daysError).max(3_650, daysError).default(byDefault);

/** The retention of records that the sync no longer needs. */
export const retentionSchema = z
  .strictObject({
    webhooks: days(30).describe(
      'Received webhooks, by which a redelivery is recognised. Their bodies go a day after their record was read.',
    ),
    refusals: days(30).describe('Refused requests.'),
    submissions: days(730).describe('Form submissions that nobody has to decide on. Proofs of consent are kept.'),
    imports: days(7).describe(
      'Rows of imported files that were only checked, or that have problems. The others go when they are imported.',
    ),
    writes: days(30).describe('Finished writes to vendors.'),
    passes: days(90).describe('Reports of reconcile passes.'),
    deletes: days(365).describe('Ended requests to delete records. A deletion can be undone as long.'),
    history: days(1_095).describe('History of contacts, with the values that lost a conflict. Proofs of consent are kept.'),
    audit: days(1_095).describe('Audit log of the API and the command line.'),
  })
  .prefault({})
  .describe('Days to keep records. Accord removes older ones at 03:30 UTC. `webhooks.retentionDays` is for deliveries.');
