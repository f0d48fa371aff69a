import { writeFileSync } from 'node:fs';
import { providers } from '#providers/index.ts';
import { accordYamlSchema } from './accord-yaml.ts';
import { asObject, relax, toJsonSchema } from './json-schema.ts';
import { withFurtherAccounts } from './schema-of-accounts.ts';

/** The text of accord.schema.json, by which editors check accord.yaml. `npm run schema` writes it. */
export function accordJsonSchema(): string {
  const { $schema, ...schema } = toJsonSchema(accordYamlSchema(providers));
  const { profiles, ...settings } = schema.properties ?? {};
  const overlay = { ...relax({ ...schema, properties: settings }), description: 'Merged over the rest of the file.' };
  const published = withFurtherAccounts({
    ...($schema && { $schema }),
    title: 'accord.yaml',
    description: 'Accounts, audiences and schedules of Accord. Secrets belong in the environment, not here.',
    ...schema,
    properties: { ...settings, profiles: { ...asObject(profiles), additionalProperties: overlay } },
  });
  return `${JSON.stringify(published, null, 2)}\n`;
}

if (import.meta.main) writeFileSync(new URL('../../accord.schema.json', import.meta.url), accordJsonSchema());
