import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { ConfigError, loadConfig } from '#config.ts';

const directory = mkdtempSync(join(tmpdir(), 'accord-custom-fields-'));
afterAll(() => rmSync(directory, { recursive: true }));

const west = { GHL_LOCATION_ID__WEST: 'west', GHL_API_KEY__WEST: 'pit-west' };
const env = { GHL_LOCATION_ID: 'location', GHL_API_KEY: 'pit-key' };

function load(text: string, more: Record<string, string> = {}) {
  const path = join(directory, 'accord.yaml');
  writeFileSync(path, text);
  return loadConfig({ env: { ...env, ...more, ACCORD_CONFIG: path } });
}

function problemsOf(text: string): string[] {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => problem.replace(`${directory}/`, ''));
    throw error;
  }
  return [];
}

describe('extras of accord.yaml', () => {
  const text = `
accounts: { gohighlevel: {}, gohighlevel-west: {} }
extras:
  membership: { gohighlevel: contact.membership, gohighlevel-west: Member0West }
  size: { gohighlevel: contact.size }
customFields:
  middleName: { gohighlevel: contact.middle_name }
conflicts: { fields: { extras.membership: { mode: ask } } }
`;

  it('are fields of the accounts that they name, and of no other', () => {
    const { providers, extras, conflicts } = load(text, west);
    const fieldsOf = (id: string) => providers.find((provider) => provider.id === id)?.fields;
    expect(extras).toEqual(['membership', 'size']);
    expect(fieldsOf('gohighlevel')).toEqual(expect.arrayContaining(['extras.membership', 'extras.size', 'middleName']));
    expect(fieldsOf('gohighlevel-west')).toContain('extras.membership');
    expect(fieldsOf('gohighlevel-west')).not.toContain('extras.size');
    expect(fieldsOf('webform')).not.toContain('extras.membership');
    expect(conflicts.fields).toEqual({ 'extras.membership': { mode: 'ask' } });
  });

  it('fit into the account whose custom fields hold them', () => {
    const { providers, accounts } = load(text, west);
    const ghl = providers.find(({ id }) => id === 'gohighlevel');
    const values = { 'extras.membership': 'Gold', 'extras.other': 'x', middleName: 'King' };
    expect(ghl?.fitValues(values, accounts.gohighlevel?.account)).toEqual({ 'extras.membership': 'Gold', middleName: 'King' });
  });

  it('are known to accord.schema.json', () => {
    const validate = new Ajv({ allErrors: true, strict: false }).compile(JSON.parse(readFileSync('accord.schema.json', 'utf8')));
    expect([validate(parse(text)), validate.errors]).toEqual([true, null]);
    expect(validate({ extras: { Membership: { gohighlevel: 'x' } } })).toBe(false);
    expect(validate({ extras: { membership: { hubspot: 'x' } } })).toBe(false);
  });

  const own = 'is a field of every contact: name its custom fields under customFields.';
  it.each([
    ['extras: { company: { gohighlevel: contact.x } }', `1: extras.company: ${own}`],
    ['extras: { job_title: { gohighlevel: contact.x } }', `1: extras.job_title: ${own}`],
    [
      'extras: { Stufe: { gohighlevel: contact.x } }',
      '1: extras.Stufe: An extra has a name of lower-case letters, digits and underscores, such as membership.',
    ],
    ['extras: { tier: { gohighlevl: contact.x } }', '1: extras.tier.gohighlevl: unknown setting; did you mean gohighlevel?'],
    [
      'extras: { tier: { gohighlevel-east: contact.x } }',
      '1: extras.tier.gohighlevel-east: there is no accounts.gohighlevel-east',
    ],
    [
      'extras: { tier: { gohighlevel: " x" } }',
      '1: extras.tier.gohighlevel: must be the name of a custom field, without spaces around it',
    ],
    [
      'extras:\n  tier: { gohighlevel: contact.x }\n  rank: { gohighlevel: contact.x }',
      '3: extras.rank.gohighlevel: is the custom field of extras.tier already',
    ],
    [
      'extras: { tier: { gohighlevel: contact.x } }\ncustomFields: { middleName: { gohighlevel: contact.x } }',
      '2: customFields.middleName.gohighlevel: is the custom field of extras.tier already',
    ],
    [
      'customFields: { company: { gohighlevel: contact.x } }',
      '1: customFields.company.gohighlevel: GoHighLevel has a field of its own for company: remove it here',
    ],
    ['customFields: { phones: { gohighlevel: contact.x } }', '1: customFields.phones: unknown setting'],
    ['conflicts: { fields: { extras.tier: { mode: ask } } }', '1: conflicts.fields.extras.tier: unknown setting'],
    [
      `extras:\n${Array.from({ length: 51 }, (_, at) => `  e${at}: { gohighlevel: contact.e${at} }`).join('\n')}`,
      '1: extras: names more than 50 extras',
    ],
  ])('are refused where they are wrong: %#', (wrong, problem) => {
    expect(problemsOf(wrong)).toEqual([`accord.yaml:${problem}`]);
  });
});
