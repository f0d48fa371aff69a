import { expect, it } from '@jest/globals';
import { type ContactFields, emptyFields, type FieldName } from '#domain/contact.ts';
import { type RecordEdit, splitValues, type Values } from '#domain/merge/split.ts';
import { mergeSides } from './merging.ts';

const names = ['givenName', 'middleName', 'familyName', 'nameSuffix'] as const;

/** `Ada|King|Lovelace|Jr.`: an empty part is null. */
function toFields(text: string): ContactFields {
  const parts = text.split('|').map((part, at) => [names[at], part === '' ? null : part]);
  return { ...emptyFields, ...Object.fromEntries(parts) };
}

const toText = (fields: ContactFields) => names.map((name) => fields[name] ?? '').join('|');
const known = (text: string, provider: string): Values => ({
  fields: toFields(text),
  provenance: Object.fromEntries(names.map((name) => [name, { provider, changedAt: '2026-11-01T00:00:00.000Z' }])),
});

function mergeOf(survivor: Values, other: Values): Values {
  const { doNotContact: _, ...theirs } = other.fields;
  const { fields, provenance } = mergeSides({ ours: survivor.fields, base: null, theirs }, { provenance: survivor.provenance });
  return { fields, provenance };
}

const edit = (field: FieldName, before: unknown, after: unknown, losing?: unknown): RecordEdit => ({
  ...{ field, before, after, provider: 'square', at: '2026-11-20T00:00:00.000Z' },
  ...(losing !== undefined && { losing }),
});

it.each([
  ['Ada||Lovelace|', 'Ada|King|Lovelace|Jr.', [], 'Ada||Lovelace|', 'Ada|King|Lovelace|Jr.'],
  ['Ada|King|Lovelace|Jr.', 'Ada||Lovelace|', [], 'Ada|King|Lovelace|Jr.', 'Ada||Lovelace|'],
  ['|||', 'Ada|King|Lovelace|Jr.', [], '|||', 'Ada|King|Lovelace|Jr.'],
  ['Ada||Lovelace|', 'Ada||Byron|', [], 'Ada||Lovelace|', 'Ada||Byron|'],
  ['Ada||Lovelace|', 'Ada||Lovelace|Jr.', [edit('nameSuffix', 'Jr.', 'Sr.')], 'Ada||Lovelace|', 'Ada||Lovelace|Sr.'],
  ['Ada||Lovelace|', 'Ada||Lovelace|Jr.', [edit('familyName', 'Lovelace', 'Byron')], 'Ada||Lovelace|', 'Ada||Byron|Jr.'],
  [
    ...['Ada||Lovelace|', 'Ada||Lovelace|Jr.'],
    [edit('familyName', 'Lovelace Jr.', 'Lovelace Jr.', 'King Sr.')],
    ...['Ada||Lovelace|', 'Ada||King|Sr.'],
  ],
  [
    ...['Ada||Lovelace|', 'Ada||Lovelace|Jr.'],
    [edit('familyName', 'Lovelace Jr.', 'King Sr.', 'Lovelace Jr.')],
    ...['Ada||Lovelace|', 'Ada||King|Sr.'],
  ],
] as [string, string, RecordEdit[], string, string][])(
  'a merge of %s and %s with the edits %j is undone to %s and %s',
  (one, two, edits, stays, leaves) => {
    const [survivor, other] = [known(one, 'gohighlevel'), known(two, 'google')];
    const merged = mergeOf(survivor, other);
    const now = { ...merged };
    for (const each of edits) {
      const sides = { ours: now.fields, base: now.fields, theirs: { [each.field]: each.after } };
      const hasLost = each.losing !== undefined && each.before === each.after;
      if (!hasLost) now.fields = mergeSides(sides, { provider: 'square' }).fields;
    }
    const split = splitValues({ survivor, other, merged, now, edits, later: [] });
    expect([toText(split.stays.fields), toText(split.leaves.fields)]).toEqual([stays, leaves]);
    expect(JSON.stringify(split)).not.toContain('"split"');
  },
);
