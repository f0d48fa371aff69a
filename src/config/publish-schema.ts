import { writeFileSync } from 'node:fs';
import { providers } from '#providers/index.ts';
import { accordYamlSchema } from './accord-yaml.ts';
import { asObject, type JsonSchema, relax, toJsonSchema } from './json-schema.ts';
import { withFurtherAccounts } from './schema-of-accounts.ts';

/** The text of accord.schema.json, by which editors check accord.yaml. `npm run schema` writes it. */
export function accordJsonSchema(): string {
  const { $schema, ...schema } = toJsonSchema(accordYamlSchema(providers));
  allowExtras(schema);
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

/** Conflict rules name fields: extras by any name, since the schema does not know the file. It checks a file against its own extras. */
function allowExtras(schema: JsonSchema): void {
  const rules = asObject(asObject(schema.properties?.conflicts)?.properties?.fields);
  const note = rules?.properties?.note;
  if (rules && note !== undefined) rules.patternProperties = { '^extras\\.[a-z][a-z\\d_]*$': note };
}

if (import.meta.main) writeFileSync(new URL('../../accord.schema.json', import.meta.url), accordJsonSchema());
