import { type GivenValues, isTicked, maxLengthOf } from '#providers/web-form/check-values.ts';
import type { FormField } from '#providers/web-form/field-schema.ts';
import { getTargetTraits } from '#providers/web-form/targets.ts';
import type { OpenForm } from './forms.ts';
import { type Html, html } from './html.ts';

export interface FormState {
  given: GivenValues;
  /** A sentence for the visitor by field name. */
  faults: ReadonlyMap<string, string>;
}

/** The form alone: part of the hosted page, and inserted into other sites by the embed script. */
export function renderForm(open: OpenForm, { given, faults }: FormState): Html {
  const { name, basePath, form } = open;
  const fields = form.fields.map((field) => renderField(toShown(open, field, { given, faults })));
  return html`<form method="post" action="${basePath}/webforms/${name}" accept-charset="utf-8" novalidate data-accord-form="${name}"
  data-thanks="${thanksOf(open)}" data-redirect="${form.redirect ?? ''}">
${fields}
${renderHoneypot(open)}
<button type="submit">${form.submitLabel}</button>
</form>`;
}

/** The id of the field's control, unique on a page with several forms. */
export const fieldId = (form: string, field: string): string => `accord-${form}-${field}`;

/** The text after a submission. */
export const thanksOf = ({ form }: OpenForm): string => form.thanks ?? 'Thank you. We have received it.';

interface ShownField {
  field: FormField;
  id: string;
  text: string;
  fault: string | null;
  /** Attributes of every control. */
  common: Html;
}

function toShown({ name: form }: OpenForm, field: FormField, { given, faults }: FormState): ShownField {
  const id = fieldId(form, field.name);
  const fault = faults.get(field.name) ?? null;
  const value = given.get(field.name);
  const describedBy = [field.hint && `${id}-hint`, fault && `${id}-error`].filter(Boolean).join(' ');
  const common = html`id="${id}" name="${field.name}"${field.required && html` required`}${fault && html` aria-invalid="true"`}${
    describedBy && html` aria-describedby="${describedBy}"`
  }`;
  return { field, id, fault, text: typeof value === 'object' ? '' : String(value ?? ''), common };
}

function renderField(shown: ShownField): Html {
  const { field, id, text } = shown;
  if (field.type === 'hidden')
    return field.value === undefined ? html`<input type="hidden" name="${field.name}" value="${text}">` : html``;
  if (field.type === 'checkbox') return renderCheckbox(shown);
  return html`<div class="field">
<label for="${id}">${field.label}${mark(field)}</label>
${renderHelp(shown)}
${renderControl(shown)}
</div>
`;
}

function renderControl({ field, text, common }: ShownField): Html {
  const { type, mapsTo, options = [] } = field;
  const token = mapsTo && getTargetTraits(mapsTo).autofill;
  const fill = token && html` autocomplete="${token}"`;
  if (type === 'textarea') {
    // Browsers drop the first line feed.
    return html`<textarea ${common} rows="6" dir="auto" maxlength="${maxLengthOf(field)}"${fill}>\n${text}</textarea>`;
  }
  if (type === 'select') {
    const choices = options.map(
      ({ value, label }) => html`<option value="${value}"${value === text && html` selected`}>${label}</option>`,
    );
    return html`<select ${common}${fill}><option value="">Choose…</option>${choices}</select>`;
  }
  // The direction of free text follows its first letter; email addresses and numbers are always left to right.
  const direction = type === 'text' ? html` dir="auto"` : null;
  const length = type === 'date' ? null : html` maxlength="${maxLengthOf(field)}"`;
  return html`<input type="${type}" ${common}${length}${direction}${fill} value="${text}">`;
}

function renderCheckbox(shown: ShownField): Html {
  const { field, id, text, common } = shown;
  return html`<div class="field">
${renderHelp(shown)}
<div class="tick"><input type="checkbox" ${common} value="yes"${isTicked(text) && html` checked`}>
<label for="${id}">${field.consent?.text ?? field.label}${mark(field)}</label></div>
</div>
`;
}

function renderHelp({ field, id, fault }: ShownField): Html {
  return html`${field.hint && html`<p class="hint" id="${id}-hint">${field.hint}</p>`}${
    fault && html`<p class="error" id="${id}-error">Error: ${fault}</p>`
  }`;
}

const mark = ({ required }: FormField): string => (required ? ' (required)' : '');

/** A field for programs that fill in every field. It is hidden from sight, from screen readers and from the keyboard. */
function renderHoneypot({ name, form: { honeypot } }: OpenForm): Html {
  const id = fieldId(name, honeypot);
  return html`<div class="away" aria-hidden="true" data-accord-away>
<label for="${id}">Leave this empty</label>
<input type="text" id="${id}" name="${honeypot}" tabindex="-1" autocomplete="off">
</div>`;
}
