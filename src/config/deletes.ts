import { z } from 'zod';
import { askAlways, deletePolicies } from '#domain/deletes/delete-policy.ts';
import type { Provider } from '#providers/provider.ts';

const meaning =
  'ignore: the other record stays as it is. ask: a person decides (`accord deletes`). delete: the other record is deleted, too; ' +
  'Accord asks instead when many go within an hour, when somebody edited the other record since, and where the account is not live.';

const everywhere = z.enum(deletePolicies.filter((policy) => policy !== 'archive'));

/** The schema of `deletes`. Only the policy of a pair can be `archive`, and only where the vendor can archive. */
export function deletesSchema(providers: readonly Provider[]) {
  const members = providers.filter(({ isSourceOnly }) => !isSourceOnly);
  const targets = members.map(({ id, name, archive }) => {
    const choices = archive === undefined ? everywhere : z.enum(deletePolicies);
    const archives = archive === undefined ? `${name} cannot archive a contact.` : `archive: ${archive}`;
    return [id, choices.exactOptional().describe(`For the record in ${name}. ${archives}`)] as const;
  });
  const sources = members.map(({ id, name }) => {
    const rules = z
      .strictObject({
        policy: everywhere.exactOptional().describe(meaning),
        to: z
          .strictObject(Object.fromEntries(targets))
          .prefault({})
          .describe('Other policies, by the account of the other record.'),
      })
      .exactOptional();
    return [id, rules.describe(`After a deletion in ${name}.`)] as const;
  });
  return z
    .strictObject({
      policy: everywhere.default('ask').describe(meaning),
      maxPerHour: z
        .int()
        .min(1)
        .max(10_000)
        .default(askAlways.maxPerHour)
        .describe(
          'So many deletions at one account within an hour are followed where the policy is `delete`, and never more than 2 % of its ' +
            'records (or five). The others are asked about.',
        ),
      from: z
        .strictObject(Object.fromEntries(sources))
        .prefault({})
        .describe('Other policies, by the account that lost its record.'),
    })
    .prefault({})
    .describe('What happens to the other records of a person whose record was deleted at one account.');
}
