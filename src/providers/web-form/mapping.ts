import { type ContactFields, type FieldOfType, listFieldsOfType, type ProviderValues } from '#domain/contact.ts';
import { normalizeAddress } from '#domain/normalize/address.ts';
import { normalizeEmail } from '#domain/normalize/email.ts';
import { normalizeName, normalizeNameSuffix, splitFullName, splitSuffix } from '#domain/normalize/name.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import { uniqueTags } from '#domain/normalize/tag.ts';
import { normalizeLine } from '#domain/normalize/text.ts';
import type { DoNotContact, PostalAddress } from '#domain/values.ts';
import type { ConfirmationRules, ProviderRecord, StoredSubmission, Submission } from '#providers/provider.ts';
import { toCircumstances, toConsent } from './evidence.ts';
import type { FormField } from './field-schema.ts';
import type { WebForm } from './settings.ts';
import type { FieldTarget } from './targets.ts';

/** The submission as a record. Blank fields are left out, so that they do not clear the contact's values. */
export function toRecord(submission: StoredSubmission, form: WebForm, defaultRegion: string): ProviderRecord {
  const values = toValues(submission, form, defaultRegion);
  const consent = toConsent(submission.evidence, { form: submission.form, at: submission.receivedAt });
  // A channel that is both refused and permitted is refused.
  const grants = consent?.grants.filter((channel) => !values.doNotContact?.[channel]) ?? [];
  return {
    externalId: submission.id,
    version: null,
    updatedAt: submission.receivedAt.toISOString(),
    reference: null,
    complete: true,
    values,
    ...(consent && grants.length > 0 ? { consent: { ...consent, grants } } : {}),
    submission: toSubmission(submission, form),
  };
}

/** A signed submission is proven, and so is every submission of a form with `trust: full`. */
function toSubmission(
  { evidence, isAccepted = false, isApplied = false, ...stored }: StoredSubmission,
  form: WebForm,
): Submission {
  const isUnproven = form.trust !== 'full' && evidence.proof !== 'signature' && !isAccepted;
  return {
    ...{ form: stored.form, title: form.title, message: toMessage(form, stored.values), page: evidence.page ?? null },
    ...{ submittedAt: stored.receivedAt, isUnproven, isAccepted: isAccepted && !isApplied },
    isProven: evidence.proof === 'signature' || isAccepted,
    refusal: toRefusal(form, stored.values, toCircumstances(evidence, { form: stored.form, at: stored.receivedAt })),
    confirmation: form.trust === 'confirm' ? toConfirmationRules(form, evidence.ip ?? null) : null,
    ...{ preferred: form.phones.prefer === 'newest' ? ['phones'] : [] },
  };
}

/** The visitor refused in the words beside the box. */
function toRefusal(form: WebForm, values: Record<string, string>, evidence: Record<string, string>): Submission['refusal'] {
  const ticked = listAnswers(form, values).filter(({ doNotContact = [] }) => doNotContact.length > 0);
  return ticked.length === 0 ? null : { words: ticked.map(({ label }) => label).join('\n'), evidence };
}

function toConfirmationRules(
  { confirmation: { days, perAddress, perSender } }: WebForm,
  sender: string | null,
): ConfirmationRules {
  return { days, perAddress, perSender, sender };
}

/** The message of a submission; null without one. With several answers each gets its label, because an answer may be unclear alone. */
export function toMessage(form: WebForm, values: Record<string, string>): string | null {
  const answers = listAnswers(form, values).filter(({ mapsTo }) => mapsTo === 'message' || mapsTo === 'note');
  const lines = answers.map(({ label, text }) => (answers.length === 1 ? text : `${label}: ${text}`));
  return lines.join('\n') || null;
}

type Answer = FormField & { text: string };

function listAnswers(form: WebForm, values: Record<string, string>): Answer[] {
  return form.fields.flatMap((field) => {
    const text = Object.hasOwn(values, field.name) ? values[field.name] : undefined;
    return text ? [{ ...field, text }] : [];
  });
}

function toValues({ values }: StoredSubmission, form: WebForm, defaultRegion: string): ProviderValues {
  const answers = listAnswers(form, values);
  const all = (target: FieldTarget) => answers.filter(({ mapsTo }) => mapsTo === target);
  const first = (target: FieldTarget) => all(target)[0]?.text;
  const address = toAddress(first);
  // Fields of the other types are mapped one by one. The type makes a new field an error until it is mapped here.
  const others: Omit<ContactFields, FieldOfType<'line' | 'refusals'>> = {
    ...toName(first),
    emails: all('email').flatMap(({ text }) => normalizeEmail(text) ?? []),
    phones: all('phone').flatMap(({ text }) => normalizePhone(text, { defaultRegion }) ?? []),
    addresses: address ? [address] : [],
    birthday: first('birthday') ?? null,
    tags: uniqueTags([...form.tags, ...all('tag').map(({ text }) => text), ...answers.flatMap(({ tags = [] }) => tags)]),
    // A message is an event, not a value: the next one would replace it.
    note: null,
  };
  const source = normalizeLine(first('source') ?? form.source);
  return withoutBlanks({ ...toLines(first), ...others, source, ...toRefusals(answers) });
}

type FindFirst = (target: FieldTarget) => string | undefined;

function toLines(first: FindFirst): ProviderValues {
  return Object.fromEntries(listFieldsOfType('line').map((field) => [field, normalizeLine(first(field))]));
}

/** The parts of a name take precedence over the full name. */
function toName(first: FindFirst): Pick<ContactFields, FieldOfType<'name'>> {
  const whole = splitFullName(first('fullName'));
  const { familyName, nameSuffix } = splitSuffix(normalizeName(first('familyName')));
  return {
    givenName: normalizeName(first('givenName')) ?? whole.givenName,
    middleName: normalizeName(first('middleName')),
    familyName: familyName ?? whole.familyName,
    nameSuffix: normalizeNameSuffix(first('nameSuffix')) ?? nameSuffix ?? whole.nameSuffix,
  };
}

function toAddress(first: FindFirst): PostalAddress | null {
  return normalizeAddress({
    street: first('street'),
    city: first('city'),
    region: first('region'),
    postalCode: first('postalCode'),
    country: first('country'),
  });
}

function toRefusals(answers: Answer[]): { doNotContact?: DoNotContact } {
  const refused = new Set(answers.flatMap(({ doNotContact = [] }) => doNotContact));
  if (refused.size === 0) return {};
  return { doNotContact: { call: refused.has('call'), sms: refused.has('sms'), email: refused.has('email') } };
}

function withoutBlanks(values: ProviderValues): ProviderValues {
  const filled = Object.entries(values).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0));
  return Object.fromEntries(filled);
}
