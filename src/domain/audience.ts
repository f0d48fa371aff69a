import type { ContactFields } from './contact.ts';
import type { SetField } from './equality.ts';
import { isEmailAddress } from './normalize/email.ts';
import { isDialable } from './normalize/phone.ts';
import { tagKey, uniqueTags } from './normalize/tag.ts';
import type { HeldRefusal } from './refusal.ts';

/** One routing rule of accord.yaml: a condition for membership, and the members' placement at each provider. */
export interface Audience {
  name: string;
  /** Every part must hold. */
  when: Condition;
  /** Any part that holds keeps a contact out. */
  unless?: Condition;
  needs: Need[];
  /** By provider id. */
  then: Record<string, Placement>;
}

export interface Condition {
  /** At least one of these tags, compared as whole tags by `tagKey`. */
  anyTag?: string[];
  isCustomer?: boolean;
  doNotCall?: boolean;
}

export type Need = 'phone' | 'email';

/** A member's lists (the buckets of a dialer) and tags at one provider. */
export interface Placement {
  lists: string[];
  addTags: string[];
  removeTags: string[];
}

export interface Subject {
  fields: ContactFields;
  /** Sets whose first item a provider with room for one has to hold. */
  firstMatters?: readonly SetField[];
  isCustomer: boolean;
  isDeleted: boolean;
  /** Keys of the contact that another contact with them, or the suppression list, refuses, by channel. */
  refused?: readonly HeldRefusal[];
}

export interface AudienceVerdict {
  audience: string;
  member: boolean;
  checks: AudienceCheck[];
}

export interface AudienceCheck {
  /** The rule's path in accord.yaml, such as `unless.anyTag`; `deleted` and `refused` for the rules that accord.yaml cannot change. */
  rule: string;
  passed: boolean;
  /** A predicate about the contact: `is not a customer`. */
  because: string;
}

/** Whether the contact is a member, with the result of each rule in the order of accord.yaml. */
export function evaluateAudience(audience: Audience, subject: Subject): AudienceVerdict {
  const checks = [
    ...checkDeletion(subject),
    ...checkRefusal(audience, subject),
    ...checkCondition(audience.when, subject).map(({ rule, holds, because }) => ({
      rule: `when.${rule}`,
      passed: holds,
      because,
    })),
    ...checkCondition(audience.unless ?? {}, subject).map(({ rule, holds, because }) => ({
      rule: `unless.${rule}`,
      passed: !holds,
      because,
    })),
    ...audience.needs.map((need) => ({ rule: `needs.${need}`, ...needChecks[need](subject.fields) })),
  ];
  return { audience: audience.name, member: checks.every((check) => check.passed), checks };
}

/**
 * The combined placement of all audiences that the contact is a member of; null when none of them places it at this provider.
 * A tag that one audience adds and another removes is added.
 */
export function findPlacement(provider: string, audiences: readonly Audience[], subject: Subject): Placement | null {
  const placements = listPlacements(
    provider,
    audiences.filter((audience) => provider in audience.then && evaluateAudience(audience, subject).member),
  );
  if (placements.length === 0) return null;
  const managed = listManaged(provider, audiences);
  const addTags = pickTags(
    managed.tags,
    placements.flatMap((placement) => placement.addTags),
  );
  const added = new Set(addTags.map(tagKey));
  return {
    lists: pickTags(
      managed.lists,
      placements.flatMap((placement) => placement.lists),
    ),
    addTags,
    removeTags: uniqueTags(placements.flatMap((placement) => placement.removeTags)).filter((tag) => !added.has(tagKey(tag))),
  };
}

/**
 * Every list and tag that an audience assigns at this provider. A contact that leaves an audience loses only these, never a tag
 * that a person assigned.
 */
export function listManaged(provider: string, audiences: readonly Audience[]): { lists: string[]; tags: string[] } {
  const placements = listPlacements(provider, audiences);
  return {
    lists: uniqueTags(placements.flatMap((placement) => placement.lists)),
    tags: uniqueTags(placements.flatMap((placement) => placement.addTags)),
  };
}

/**
 * Whether being a customer is the only reason that keeps the contact out of an audience (of `provider`, or of any when null). A
 * customer has the flag, or a tag that the audience lists beside `unless: { isCustomer: true }`.
 */
export function isExcludedCustomer(provider: string | null, audiences: readonly Audience[], subject: Subject): boolean {
  return audiences.some((audience) => {
    if (provider !== null && audience.then[provider] === undefined) return false;
    if (audience.unless?.isCustomer !== true) return false;
    const failed = evaluateAudience(audience, subject).checks.filter((check) => !check.passed);
    return failed.length > 0 && failed.every(({ rule }) => rule === 'unless.isCustomer' || rule === 'unless.anyTag');
  });
}

/** The ids of all providers at which an audience places contacts. */
export function listAudienceTargets(audiences: readonly Audience[]): string[] {
  return [...new Set(audiences.flatMap((audience) => Object.keys(audience.then)))];
}

function listPlacements(provider: string, audiences: readonly Audience[]): Placement[] {
  return audiences.flatMap((audience) => audience.then[provider] ?? []);
}

/** The wanted tags in the spelling of `from`, so that two audiences that differ in case do not overwrite each other. */
function pickTags(from: readonly string[], wanted: readonly string[]): string[] {
  const keys = new Set(wanted.map(tagKey));
  return from.filter((tag) => keys.has(tagKey(tag)));
}

/** Only deleted contacts have this check: that a contact exists is not worth a line. */
function checkDeletion({ isDeleted }: Subject): AudienceCheck[] {
  return isDeleted ? [{ rule: 'deleted', passed: false, because: 'has been deleted' }] : [];
}

/** A person who refused calls is in no audience, whatever accord.yaml says: an audience's lists are dialled. One that says so has its own line. */
function checkRefusal({ unless }: Audience, { fields, refused = [] }: Subject): AudienceCheck[] {
  const { holds, because } = findCallRefusal(fields, refused);
  return holds && unless?.doNotCall !== true ? [{ rule: 'refused', passed: false, because }] : [];
}

interface Finding {
  rule: keyof Condition;
  holds: boolean;
  because: string;
}

function checkCondition({ anyTag, isCustomer, doNotCall }: Condition, { fields, ...subject }: Subject): Finding[] {
  const findings: Finding[] = [];
  if (anyTag !== undefined) findings.push(findTag(anyTag, fields.tags));
  if (isCustomer !== undefined) {
    const because = subject.isCustomer ? 'is a customer' : 'is not a customer';
    findings.push({ rule: 'isCustomer', holds: subject.isCustomer === isCustomer, because });
  }
  if (doNotCall !== undefined) {
    const { holds: call, because } = findCallRefusal(fields, subject.refused ?? []);
    findings.push({ rule: 'doNotCall', holds: call === doNotCall, because });
  }
  return findings;
}

/** A refusal belongs to the number as well as to the person: it holds when the number arrives under another name. */
function findCallRefusal({ doNotContact }: ContactFields, keys: readonly HeldRefusal[]): Omit<Finding, 'rule'> {
  const calls = keys.filter(({ channel }) => channel === 'call');
  const refused = calls.find(({ isListed }) => isListed) ?? calls[0];
  if (doNotContact.call) return { holds: true, because: 'must not be called' };
  if (refused === undefined) return { holds: false, because: 'may be called' };
  const key = `${refused.kind === 'phone' ? 'phone number' : 'email address'} ${refused.value}`;
  const why = refused.isListed ? `the ${key} is on the suppression list` : `another contact with the ${key} refused calls`;
  return { holds: true, because: `must not be called: ${why}` };
}

function findTag(anyTag: readonly string[], tags: readonly string[]): Finding {
  const keys = new Set(anyTag.map(tagKey));
  const found = tags.find((tag) => keys.has(tagKey(tag)));
  const because = found === undefined ? `is not tagged ${anyOf.format(anyTag)}` : `has the tag "${found}"`;
  return { rule: 'anyTag', holds: found !== undefined, because };
}

/** By need: whether the contact meets it. */
const needChecks: Record<Need, (fields: ContactFields) => Omit<AudienceCheck, 'rule'>> = {
  phone({ phones }) {
    if (phones.some(isDialable)) return { passed: true, because: 'has a phone number that can be dialled' };
    return {
      passed: false,
      because: `needs a phone number that can be dialled: ${explainMissing(phones.map((phone) => phone.raw))}`,
    };
  },
  email({ emails }) {
    if (emails.some(({ address }) => isEmailAddress(address))) return { passed: true, because: 'has an email address' };
    const why = emails.length === 0 ? 'there is none' : 'the text in its place is no address';
    return { passed: false, because: `needs an email address: ${why}` };
  },
};

function explainMissing(numbers: string[]): string {
  if (numbers.length === 0) return 'there is none';
  const quoted = numbers.map((number) => `"${number}"`);
  return numbers.length === 1 ? `the only one, ${quoted[0]}, cannot be` : `none of ${anyOf.format(quoted)} can be`;
}

/** `customer, client, won or purchased`. */
const anyOf = new Intl.ListFormat('en-GB', { type: 'disjunction' });
