import { describe, expect, it } from '@jest/globals';
import { emptyFields, fieldNames } from '#domain/contact.ts';
import { leadParts } from '#domain/delivery/lead-fields.ts';
import { isBlank, setFields } from '#domain/equality.ts';
import { fieldTable } from '#domain/fields.ts';

describe('the table of fields', () => {
  it('gives each field a blank empty value', () => {
    expect(Object.keys(emptyFields)).toEqual(fieldNames);
    expect(fieldNames.filter((field) => !isBlank(emptyFields[field]))).toEqual([]);
  });

  it('merges sets, and only sets, item by item', () => {
    expect(fieldNames.filter((field) => Array.isArray(emptyFields[field]))).toEqual(setFields);
  });

  it('gives a form target that fills several fields one autofill token', () => {
    const tokens = fieldNames.flatMap((field) => Object.entries<string | null>(fieldTable[field].forms));
    const byTarget = new Map(tokens);
    expect(tokens.filter(([target, token]) => byTarget.get(target) !== token)).toEqual([]);
  });

  it('shares a name in lead events only among the parts of a person’s name', () => {
    const names = leadParts.map(({ name }) => name);
    const shared = leadParts.filter(({ name }) => names.indexOf(name) !== names.lastIndexOf(name));
    expect(shared.map(({ field }) => fieldTable[field].type)).toEqual(['name', 'name', 'name', 'name']);
  });
});
