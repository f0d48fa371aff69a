import type { z } from 'zod';
import type { FieldType } from '#domain/fields.ts';
import type { FormField } from './field-schema.ts';
import { getTargetTraits } from './targets.ts';

interface FormToCheck {
  fields: FormField[];
  honeypot: string;
  thanks?: string;
  redirect?: string;
  trust: string;
  signedOnly: boolean;
}

type Context = z.core.$RefinementCtx<FormToCheck>;

/** Checks that the settings of a form fit together. An issue stops the start and names the line of accord.yaml. */
export function checkForm(form: FormToCheck, context: Context): void {
  const addIssue = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (!form.fields.some(({ mapsTo }) => mapsTo === 'email' || mapsTo === 'phone')) {
    addIssue(['fields'], 'A contact needs an email address or a phone number: add a field with mapsTo: email or mapsTo: phone.');
  }
  if (form.trust === 'confirm' && !form.fields.some(({ mapsTo }) => mapsTo === 'email')) {
    addIssue(['trust'], 'A confirmation is sent by email: add a field with mapsTo: email.');
  }
  if (form.trust === 'confirm' && form.signedOnly) {
    addIssue(['trust'], 'Signed submissions are trusted in full: a form with signedOnly needs no confirmation.');
  }
  if (form.thanks !== undefined && form.redirect !== undefined) {
    addIssue(['redirect'], 'Set thanks or redirect, not both: the visitor sees only one of them.');
  }
  for (const [at, field] of form.fields.entries()) {
    const isDuplicate = form.fields.findIndex(({ name }) => name === field.name) !== at;
    if (isDuplicate) addIssue(['fields', at, 'name'], 'Two fields have this name.');
    if (field.name === form.honeypot) addIssue(['fields', at, 'name'], 'The honeypot has this name: rename one of them.');
    for (const [setting, message] of findMisfits(field)) addIssue(['fields', at, setting], message);
  }
}

type Misfit = [setting: keyof FormField, message: string];

function findMisfits(field: FormField): Misfit[] {
  return [...findTypeMisfits(field), ...findTargetMisfits(field)];
}

/** Settings that only one type of field may have. */
const ownSettings = [
  ['options', 'select'],
  ['value', 'hidden'],
  ['tags', 'checkbox'],
  ['doNotContact', 'checkbox'],
  ['consent', 'checkbox'],
] as const;

function findTypeMisfits(field: FormField): Misfit[] {
  const misfits: Misfit[] = [];
  for (const [setting, type] of ownSettings) {
    if (field[setting] !== undefined && field.type !== type)
      misfits.push([setting, `Only a field of type ${type} may have this.`]);
  }
  if (field.type === 'select' && !field.options) misfits.push(['options', 'A select needs options.']);
  if (field.type === 'hidden' && field.required)
    misfits.push(['required', 'A hidden field cannot be required: visitors cannot fill it in.']);
  return misfits;
}

type InputType = FormField['type'];

/** Types of form fields that can fill a contact's field, by its type. */
const inputTypes: Record<FieldType, readonly InputType[]> = {
  name: ['text', 'textarea', 'select', 'hidden'],
  line: ['text', 'textarea', 'select', 'hidden'],
  text: ['text', 'textarea', 'select', 'hidden'],
  date: ['date'],
  emails: ['email'],
  phones: ['tel'],
  addresses: ['text', 'textarea', 'select', 'hidden'],
  tags: ['select', 'hidden'],
  // Checkboxes fill it by `doNotContact`, not by `mapsTo`.
  refusals: [],
  extra: [],
};

function findTargetMisfits({ mapsTo, type, value }: FormField): Misfit[] {
  if (mapsTo === undefined) return [];
  const types = inputTypes[getTargetTraits(mapsTo).type];
  if (!types.includes(type))
    return [['mapsTo', `A field of type ${type} cannot fill this: the type must be ${types.join(' or ')}.`]];
  // A visitor who chooses tags could become a customer in the audiences.
  if (mapsTo === 'tag' && type === 'hidden' && value === undefined) {
    return [['mapsTo', 'A hidden field that is a tag needs a value: visitors must not choose their own tags.']];
  }
  return [];
}
