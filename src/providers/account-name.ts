import { z } from 'zod';

/** `name` of an account in accord.yaml. */
export const accountNameSchema = z
  .string()
  .regex(/\S/, 'cannot be blank')
  .max(60)
  .optional()
  .describe('What people call the account, such as West office. Shown beside the name of the vendor.');
