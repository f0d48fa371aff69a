import type { z } from 'zod';
import type { FieldType } from '#domain/fields.ts';
import type { FormField } from './field-schema.ts';
import { getTargetTraits } from './targets.ts';

interface FormToCheck {
  fields: FormField[];
  honeypot: string;
  thanks?: string;
  redirect?: string;
}

type Context = z.core.$RefinementCtx<FormToCheck>;

/** Which settings of a form go together. What it finds stops the start, with the line of accord.yaml. */
export function checkForm(form: FormToCheck, context: Context): void {
  const say = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (!form.fields.some(({ mapsTo }) => mapsTo === 'email' || mapsTo === 'phone')) {
    say(['fields'], 'Nobody could be reached: one field must have mapsTo: email or mapsTo: phone.');
  }
  if (form.thanks !== undefined && form.redirect !== undefined) {
    say(['redirect'], 'A form has thanks or a redirect, not both: the visitor sees one of them.');
  }
  for (const [at, field] of form.fields.entries()) {
    const isTaken = form.fields.findIndex(({ name }) => name === field.name) !== at;
    if (isTaken) say(['fields', at, 'name'], 'Two fields have this name.');
    if (field.name === form.honeypot) say(['fields', at, 'name'], 'The honeypot has this name: choose another for one of them.');
    for (const [setting, message] of findMisfits(field)) say(['fields', at, setting], message);
  }
}

type Misfit = [setting: keyof FormField, message: string];

function findMisfits(field: FormField): Misfit[] {
  return [...findTypeMisfits(field), ...findTargetMisfits(field)];
}

/** Settings that one type of field has. */
const ownSettings = {
  options: 'select',
  value: 'hidden',
  tags: 'checkbox',
  doNotContact: 'checkbox',
  consent: 'checkbox',
} as const;

function findTypeMisfits(field: FormField): Misfit[] {
  const misfits: Misfit[] = [];
  for (const [setting, type] of Object.entries(ownSettings) as [keyof typeof ownSettings, string][]) {
    if (field[setting] !== undefined && field.type !== type) misfits.push([setting, `Only a field of type ${type} has this.`]);
  }
  if (field.type === 'select' && !field.options) misfits.push(['options', 'A select needs options to choose from.']);
  if (field.type === 'hidden' && field.required) misfits.push(['required', 'Nobody can fill in what is hidden.']);
  return misfits;
}

type InputType = FormField['type'];

/** By type of the contact's field: the types of form field that can fill it. */
const inputTypes: Record<FieldType, readonly InputType[]> = {
  name: ['text', 'textarea', 'select', 'hidden'],
  line: ['text', 'textarea', 'select', 'hidden'],
  text: ['text', 'textarea', 'select', 'hidden'],
  date: ['date'],
  emails: ['email'],
  phones: ['tel'],
  addresses: ['text', 'textarea', 'select', 'hidden'],
  tags: ['select', 'hidden'],
  // Checkboxes fill it by other settings than `mapsTo`.
  refusals: [],
};

function findTargetMisfits({ mapsTo, type, value }: FormField): Misfit[] {
  if (mapsTo === undefined) return [];
  const types = inputTypes[getTargetTraits(mapsTo).type];
  if (!types.includes(type))
    return [['mapsTo', `A field of type ${type} cannot tell this: the type must be ${types.join(' or ')}.`]];
  // Whoever may type a tag may make himself a customer.
  if (mapsTo === 'tag' && type === 'hidden' && value === undefined) {
    return [['mapsTo', 'A hidden field that is a tag needs a value: visitors must not choose their own tags.']];
  }
  return [];
}
