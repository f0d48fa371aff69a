import { describe, expect, it } from '@jest/globals';
import type { Audience } from '#domain/audience.ts';
import { type ContactFields, emptyFields } from '#domain/contact.ts';
import { applyPatch } from '#domain/sync/patch.ts';
import { type KnownRecord, planStep, syncStatusOf } from '#domain/sync/plan.ts';
import type { Target } from '#domain/sync/projection.ts';

const coldLeads: Audience = {
  name: 'cold-leads',
  when: { anyTag: ['cold lead'] },
  unless: { anyTag: ['customer'], isCustomer: true, doNotCall: true },
  needs: ['phone'],
  then: { calltools: { lists: ['Cold Leads'], addTags: [], removeTags: [] } },
};
const activeClients: Audience = {
  name: 'active-clients',
  when: { anyTag: ['active client'] },
  needs: [],
  then: { calltools: { lists: ['Active clients'], addTags: ['Active client'], removeTags: ['Cold lead'] } },
};
const audiences = [coldLeads, activeClients];
const dialer: Target = {
  provider: 'calltools',
  holds: ['givenName', 'phones', 'doNotContact', 'source'],
  role: 'audience',
  fitValues: (values) => values,
};
const none: KnownRecord = { state: 'none', shadow: null, echoPairs: {}, held: [], failed: false };
const lead: ContactFields = {
  ...emptyFields,
  givenName: 'Ada',
  source: 'fair',
  phones: [{ e164: '+15125550143', extension: null, raw: '+15125550143', label: null }],
  tags: ['cold lead'],
};

const plan = (fields: Partial<ContactFields>, known: KnownRecord = none, isCustomer = false) =>
  planStep(dialer, audiences, { fields: { ...lead, ...fields }, isCustomer, isDeleted: false }, known);

/** The record after the step for `fields` has landed. */
function linkedAfter(fields: Partial<ContactFields>): KnownRecord {
  const step = plan(fields);
  if (step.kind !== 'create') throw new Error('nothing to create');
  return { ...none, state: 'linked', shadow: applyPatch(null, step.patch) };
}

describe('a contact at the dialer', () => {
  it('is created with its fields and its bucket when it becomes a cold lead', () => {
    expect(plan({})).toMatchObject({
      kind: 'create',
      patch: { set: { givenName: 'Ada', phones: lead.phones, source: 'fair' }, addLists: ['Cold Leads'], removeLists: [] },
    });
  });

  it('needs no step when it is in step', () => {
    expect(plan({}, linkedAfter({}))).toEqual({ kind: 'nothing' });
  });

  it('is not created outside all audiences', () => {
    expect(plan({ tags: [] })).toEqual({ kind: 'nothing' });
  });

  it('gets only the changed field', () => {
    const step = plan({ givenName: 'Augusta' }, linkedAfter({}));
    expect(step).toMatchObject({ kind: 'update', patch: { set: { givenName: 'Augusta' }, addLists: [], removeLists: [] } });
  });

  it('leaves only its bucket when it leaves the audience', () => {
    const step = plan({ tags: ['cold lead', 'customer'], givenName: 'Augusta' }, linkedAfter({}));
    expect(step).toMatchObject({ kind: 'update', patch: { set: {}, addLists: [], removeLists: ['Cold Leads'] } });
  });

  it('passes its refusal on when it leaves', () => {
    const step = plan({ doNotContact: { call: true, sms: false, email: false } }, linkedAfter({}));
    expect(step).toMatchObject({ kind: 'update', patch: { set: { doNotContact: { call: true } }, removeLists: ['Cold Leads'] } });
  });

  it('moves from one bucket to another', () => {
    const step = plan({ tags: ['active client'] }, linkedAfter({}));
    expect(step).toMatchObject({
      kind: 'update',
      patch: { addLists: ['Active clients'], removeLists: ['Cold Leads'], addTags: ['Active client'] },
    });
  });

  it('loses a tag that an audience removes', () => {
    const known = linkedAfter({});
    const step = plan({ tags: ['active client'] }, { ...known, shadow: { ...known.shadow, tags: ['cold LEAD', 'vip'] } });
    expect(step).toMatchObject({ kind: 'update', patch: { removeTags: ['Cold lead'] } });
  });

  it('is not updated for a value that the dialer stores in its own form', () => {
    const known = linkedAfter({});
    const rewritten = {
      ...known,
      shadow: { ...known.shadow, givenName: 'ADA' },
      echoPairs: { givenName: { sent: 'Ada', seen: 'ADA' } },
    };
    expect(plan({}, rewritten)).toEqual({ kind: 'nothing' });
    expect(plan({ givenName: 'Augusta' }, rewritten)).toMatchObject({ kind: 'update', patch: { set: { givenName: 'Augusta' } } });
  });

  it('never lifts a refusal that was made at the dialer', () => {
    const known = linkedAfter({});
    const refused = { ...known, shadow: { ...known.shadow, doNotContact: { call: true, sms: true, email: true } } };
    expect(plan({}, refused)).toEqual({ kind: 'nothing' });
  });

  it('stays deleted when a person deleted it there', () => {
    expect(plan({}, { ...none, state: 'gone' })).toEqual({ kind: 'nothing' });
  });

  it('is dialled once: a double leaves the bucket, and gets no field', () => {
    const known = linkedAfter({});
    const step = plan({ givenName: 'Augusta' }, { ...known, isDouble: true });
    expect(step).toMatchObject({ kind: 'update', patch: { set: {}, removeLists: ['Cold Leads'] } });
  });

  it('finishes an unfinished create after it left the audience', () => {
    expect(plan({ tags: [] }, { ...none, state: 'intent' })).toMatchObject({ kind: 'create', projection: { wanted: false } });
  });
});

describe('the sync status', () => {
  const statusOf = (fields: Partial<ContactFields>, known: KnownRecord, isCustomer = false) => {
    const subject = { fields: { ...lead, ...fields }, isCustomer, isDeleted: false };
    return syncStatusOf(audiences, subject, [
      { provider: 'calltools', role: 'audience' as const, step: planStep(dialer, audiences, subject, known), known },
    ]);
  };

  it.each([
    ['pending', 'a lead that has no record yet', {}, none, false],
    ['synced', 'a lead in step', {}, 'linked', false],
    ['failed', 'a lead whose last write was refused', {}, { ...none, state: 'intent', failed: true }, false],
    ['excluded_customer', 'a lead that is tagged as a customer', { tags: ['cold lead', 'customer'] }, none, false],
    ['excluded_customer', 'a lead that was marked as a customer', {}, none, true],
    ['pending', 'a customer who is still in the bucket', {}, 'linked', true],
    ['not_eligible', 'a contact in no audience', { tags: [] }, none, false],
  ] as const)('is %s for %s', (expected, _what, fields, known, isCustomer) => {
    expect(
      statusOf(fields as Partial<ContactFields>, known === 'linked' ? linkedAfter({}) : (known as KnownRecord), isCustomer),
    ).toBe(expected);
  });
});

describe('a contact at a member', () => {
  const member = (role: 'everyone' | 'linked'): Target => ({
    ...dialer,
    provider: 'square',
    role,
    holds: ['givenName', 'phones', 'note'],
  });
  const planAt = (
    role: 'everyone' | 'linked',
    known: Partial<KnownRecord>,
    { isDeleted = false, ...fields }: Partial<ContactFields> & { isDeleted?: boolean } = {},
  ) => planStep(member(role), audiences, { fields: { ...lead, ...fields }, isCustomer: false, isDeleted }, { ...none, ...known });
  const linked = { state: 'linked' as const, shadow: { givenName: 'Ada', phones: lead.phones, note: null } };

  it('is created at a member that holds everyone, regardless of audiences', () => {
    expect(planAt('everyone', {}, { tags: [] })).toMatchObject({ kind: 'create', patch: { set: { givenName: 'Ada' } } });
  });

  it('is only updated, never created, at a member that holds linked contacts', () => {
    expect(planAt('linked', {})).toEqual({ kind: 'nothing' });
    expect(planAt('linked', linked, { givenName: 'Augusta' })).toMatchObject({
      kind: 'update',
      patch: { set: { givenName: 'Augusta' } },
    });
  });

  it('keeps its record unchanged after the contact was deleted', () => {
    expect(planAt('everyone', linked, { givenName: 'Augusta', isDeleted: true })).toEqual({ kind: 'nothing' });
    expect(planAt('everyone', {}, { isDeleted: true })).toEqual({ kind: 'nothing' });
  });

  it('keeps the value of a field whose conflict waits for a person, and gets the others', () => {
    const step = planAt('everyone', { ...linked, held: ['givenName'] }, { givenName: 'Augusta', note: 'Likes tea' });
    expect(step).toMatchObject({ kind: 'update', patch: { set: { note: 'Likes tea' } } });
    expect(step).not.toMatchObject({ patch: { set: { givenName: 'Augusta' } } });
    expect(planAt('everyone', { ...linked, held: ['givenName'] }, { givenName: 'Augusta' })).toEqual({ kind: 'nothing' });
  });
});

describe('the sync status of a contact in no audience', () => {
  const subject = { fields: { ...lead, tags: [] }, isCustomer: false, isDeleted: false };
  const at = (known: Partial<KnownRecord>, step = 'nothing' as const) => ({
    provider: 'square',
    role: 'everyone' as const,
    step: { kind: step },
    known: { ...none, ...known },
  });
  const linked = { state: 'linked' as const };

  it.each([
    ['synced', 'two members have it', [at(linked), at(linked)]],
    ['not_eligible', 'only one has it', [at(linked), at({})]],
    ['not_eligible', 'all but one have lost it', [at(linked), at({ state: 'gone' })]],
  ] as const)('is %s when %s', (expected, _what, targets) => {
    expect(syncStatusOf(audiences, subject, [...targets])).toBe(expected);
  });

  it('is pending while a member lacks something, and failed when it refuses that', () => {
    const create = planStep({ ...dialer, role: 'everyone' }, audiences, subject, none);
    const lacking = { provider: 'square', role: 'everyone' as const, step: create, known: none };
    expect(syncStatusOf(audiences, subject, [at(linked), at(linked), lacking])).toBe('pending');
    const refused = { ...lacking, known: { ...none, failed: true } };
    expect(syncStatusOf(audiences, subject, [at(linked), at(linked), refused])).toBe('failed');
  });

  it('is waiting while a record is wanted and a person is asked whether it would be a double', () => {
    const asked = { ...none, isAsked: true };
    const step = planStep({ ...dialer, role: 'everyone' }, audiences, subject, asked);
    expect(step).toEqual({ kind: 'nothing', waits: true });
    const held = { provider: 'google', role: 'everyone' as const, step, known: asked };
    expect(syncStatusOf(audiences, subject, [at(linked), held])).toBe('waiting');
    // A create that may have landed is looked for, and not sent again.
    const looked = planStep({ ...dialer, role: 'everyone' }, audiences, subject, { ...asked, state: 'intent' });
    expect(looked).toMatchObject({ kind: 'create', projection: { wanted: false } });
    // Records that exist are kept in step.
    const update = planStep({ ...dialer, role: 'everyone' }, audiences, subject, { ...asked, state: 'linked', shadow: {} });
    expect(update.kind).toBe('update');
  });

  it('counts two records at one member once', () => {
    expect(syncStatusOf(audiences, subject, [at(linked), at({ ...linked, isDouble: true })])).toBe('not_eligible');
  });

  it('is not failed for an earlier refusal when no step is left', () => {
    expect(syncStatusOf(audiences, subject, [at({ ...linked, failed: true }), at(linked)])).toBe('synced');
  });
});
