import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Audience,
  evaluateAudience,
  findPlacement,
  isExcludedCustomer,
  listAudienceTargets,
  listManaged,
  type Subject,
} from '#domain/audience.ts';
import { type ContactFields, emptyFields } from '#domain/contact.ts';
import type { Phone } from '#domain/values.ts';

const customerTags = ['customer', 'client', 'won', 'purchased'];
const coldLeads: Audience = {
  name: 'cold-leads',
  when: { anyTag: ['cold lead'] },
  unless: { anyTag: customerTags, isCustomer: true, doNotCall: true },
  needs: ['phone'],
  then: { calltools: { lists: ['Cold Leads'], addTags: [], removeTags: [] } },
};
const activeClients: Audience = {
  name: 'active-clients',
  when: { anyTag: ['active client'] },
  unless: { doNotCall: true },
  needs: ['phone'],
  then: { calltools: { lists: ['Active clients'], addTags: ['Active client'], removeTags: ['Cold lead'] } },
};
const newsletter: Audience = {
  name: 'newsletter',
  when: {},
  needs: ['email'],
  then: {
    google: { lists: ['Newsletter'], addTags: [], removeTags: [] },
    calltools: { lists: [], addTags: ['reader'], removeTags: [] },
  },
};
const audiences = [coldLeads, activeClients, newsletter];

const phone: Phone = { e164: '+15125550143', extension: null, raw: '(512) 555-0143', label: null };
const zeros: Phone = { e164: null, extension: null, raw: '000', label: null };
const doNotCall = { call: true, sms: false, email: false };

function subject(fields: Partial<ContactFields>, flags: Partial<Subject> = {}): Subject {
  return { fields: { ...emptyFields, phones: [phone], ...fields }, isCustomer: false, isDeleted: false, ...flags };
}

const isColdLead = (who: Subject) => evaluateAudience(coldLeads, who).member;

describe('the cold-lead rule', () => {
  it.each([
    ['cold lead', true],
    [' Cold Lead ', true],
    ['COLD LEAD', true],
    ['cold  lead', true],
    ['cold leads', false],
    ['not a cold lead', false],
    ['cold', false],
  ])('tag %j makes a contact a member: %j', (tag, member) => {
    expect(isColdLead(subject({ tags: ['web', tag] }))).toBe(member);
  });

  it.each(customerTags.flatMap((tag) => [tag, ` ${tag.toUpperCase()} `]))('excludes a contact tagged %j', (tag) => {
    expect(isColdLead(subject({ tags: ['cold lead', tag] }))).toBe(false);
  });

  it.each<[string, Subject, boolean]>([
    ['a contact whose tag only contains the word customer', subject({ tags: ['cold lead', 'customer service'] }), true],
    ['a contact marked as a customer', subject({ tags: ['cold lead'] }, { isCustomer: true }), false],
    ['a contact who refused calls', subject({ tags: ['cold lead'], doNotContact: doNotCall }), false],
    [
      'a contact who refused texts and emails',
      subject({ tags: ['cold lead'], doNotContact: { call: false, sms: true, email: true } }),
      true,
    ],
    [
      'a contact whose number another contact refused',
      subject({ tags: ['cold lead'] }, { refused: [{ channel: 'call', kind: 'phone', value: '+12125551234' }] }),
      false,
    ],
    [
      'a contact whose number another contact refused for texts',
      subject({ tags: ['cold lead'] }, { refused: [{ channel: 'sms', kind: 'phone', value: '+12125551234' }] }),
      true,
    ],
    ['a contact without a phone', subject({ tags: ['cold lead'], phones: [] }), false],
    ['a contact whose phone is 000', subject({ tags: ['cold lead'], phones: [zeros] }), false],
    ['a contact with a second phone besides 000', subject({ tags: ['cold lead'], phones: [zeros, phone] }), true],
    ['a deleted contact', subject({ tags: ['cold lead'] }, { isDeleted: true }), false],
  ])('decides on %s', (_who, who, member) => {
    expect(isColdLead(who)).toBe(member);
  });

  it('ignores the order, case and spacing of tags', () => {
    const respell = fc.constantFrom(
      (tag: string) => tag,
      (tag: string) => ` ${tag.toUpperCase()}\t`,
      (tag: string) => tag.replace(/ /g, '  '),
    );
    const tags = fc.uniqueArray(fc.constantFrom('cold lead', 'web', 'vip', 'cold leads', ...customerTags), { maxLength: 5 });
    const shuffled = tags.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }), respell),
    );
    fc.assert(
      fc.property(shuffled, ([list, other, spell]) => {
        expect(isColdLead(subject({ tags: other.map(spell) }))).toBe(isColdLead(subject({ tags: list })));
      }),
    );
  });
});

const anySubject = fc
  .record({
    tags: fc.subarray(['cold lead', 'active client', 'customer', 'web']),
    phones: fc.subarray([zeros, phone]),
    emails: fc.subarray([{ address: 'ada@example.com', label: null }]),
    doNotContact: fc.record({ call: fc.boolean(), sms: fc.boolean(), email: fc.boolean() }),
    isCustomer: fc.boolean(),
    isDeleted: fc.boolean(),
  })
  .map(({ isCustomer, isDeleted, ...fields }) => subject(fields, { isCustomer, isDeleted }));

describe('for any contact', () => {
  it('an audience with doNotCall never has a member who refused calls', () => {
    fc.assert(
      fc.property(anySubject, (who) => {
        const silenced = { ...who, fields: { ...who.fields, doNotContact: doNotCall } };
        for (const audience of [coldLeads, activeClients]) expect(evaluateAudience(audience, silenced).member).toBe(false);
      }),
    );
  });

  it('a deleted contact has no placement', () => {
    fc.assert(
      fc.property(anySubject, (who) => expect(findPlacement('calltools', audiences, { ...who, isDeleted: true })).toBeNull()),
    );
  });

  it('a placement assigns only managed lists and tags, and removes no tag that it adds', () => {
    fc.assert(
      fc.property(anySubject, (who) => {
        const placement = findPlacement('calltools', audiences, who);
        if (placement === null) return;
        const managed = listManaged('calltools', audiences);
        expect(managed.lists).toEqual(expect.arrayContaining(placement.lists));
        expect(managed.tags).toEqual(expect.arrayContaining(placement.addTags));
        expect(placement.addTags.filter((tag) => placement.removeTags.includes(tag))).toEqual([]);
      }),
    );
  });
});

describe('the explanation of a verdict', () => {
  it('lists every rule', () => {
    expect(evaluateAudience(coldLeads, subject({ tags: ['Cold Lead'] }))).toEqual({
      audience: 'cold-leads',
      member: true,
      checks: [
        { rule: 'when.anyTag', passed: true, because: 'has the tag "Cold Lead"' },
        { rule: 'unless.anyTag', passed: true, because: 'is not tagged customer, client, won or purchased' },
        { rule: 'unless.isCustomer', passed: true, because: 'is not a customer' },
        { rule: 'unless.doNotCall', passed: true, because: 'may be called' },
        { rule: 'needs.phone', passed: true, because: 'has a phone number that can be dialled' },
      ],
    });
  });

  it.each<[string, Subject, string]>([
    ['when.anyTag', subject({ tags: ['web'] }), 'is not tagged cold lead'],
    ['unless.anyTag', subject({ tags: ['cold lead', 'Won'] }), 'has the tag "Won"'],
    ['unless.isCustomer', subject({ tags: ['cold lead'] }, { isCustomer: true }), 'is a customer'],
    ['unless.doNotCall', subject({ tags: ['cold lead'], doNotContact: doNotCall }), 'must not be called'],
    ['needs.phone', subject({ tags: ['cold lead'], phones: [] }), 'needs a phone number that can be dialled: there is none'],
    [
      'needs.phone',
      subject({ tags: ['cold lead'], phones: [zeros] }),
      'needs a phone number that can be dialled: the only one, "000", cannot be',
    ],
    [
      'needs.phone',
      subject({ tags: ['cold lead'], phones: [zeros, { ...zeros, raw: 'call me' }] }),
      'needs a phone number that can be dialled: none of "000" or "call me" can be',
    ],
    ['deleted', subject({ tags: ['cold lead'] }, { isDeleted: true }), 'has been deleted'],
  ])('names %s as the only failed rule', (rule, who, because) => {
    const failed = evaluateAudience(coldLeads, who).checks.filter((check) => !check.passed);
    expect(failed).toEqual([{ rule, passed: false, because }]);
  });

  it('requires an email address when the audience needs one', () => {
    const check = { rule: 'needs.email', passed: false, because: 'needs an email address: there is none' };
    expect(evaluateAudience(newsletter, subject({ emails: [] })).checks).toEqual([check]);
    expect(evaluateAudience(newsletter, subject({ emails: [{ address: 'see notes', label: null }] })).checks).toEqual([
      { ...check, because: 'needs an email address: the text in its place is no address' },
    ]);
    expect(evaluateAudience(newsletter, subject({ emails: [{ address: 'ada@example.com', label: null }] })).member).toBe(true);
  });

  it('a condition of false requires the opposite', () => {
    const prospects: Audience = { ...newsletter, when: { isCustomer: false }, needs: [] };
    expect(evaluateAudience(prospects, subject({})).member).toBe(true);
    expect(evaluateAudience(prospects, subject({}, { isCustomer: true })).member).toBe(false);
  });
});

describe('the placement at one provider', () => {
  it('combines all audiences', () => {
    const who = subject({ tags: ['cold lead', 'active client'], emails: [{ address: 'ada@example.com', label: null }] });
    expect(findPlacement('calltools', audiences, who)).toEqual({
      lists: ['Cold Leads', 'Active clients'],
      addTags: ['Active client', 'reader'],
      removeTags: ['Cold lead'],
    });
    expect(findPlacement('google', audiences, who)).toEqual({ lists: ['Newsletter'], addTags: [], removeTags: [] });
  });

  it('is null outside all audiences, and for an audience of other providers', () => {
    expect(findPlacement('calltools', audiences, subject({ tags: ['web'] }))).toBeNull();
    expect(findPlacement('square', audiences, subject({ tags: ['cold lead'] }))).toBeNull();
  });

  it('keeps a tag that one audience adds and another removes', () => {
    const marking: Audience = { ...coldLeads, then: { calltools: { lists: [], addTags: ['COLD LEAD'], removeTags: [] } } };
    const who = subject({ tags: ['cold lead', 'active client'] });
    expect(findPlacement('calltools', [activeClients, marking], who)).toMatchObject({
      addTags: ['Active client', 'COLD LEAD'],
      removeTags: [],
    });
  });

  it('uses one spelling of a list for all audiences', () => {
    const shouting: Audience = { ...activeClients, then: { calltools: { lists: ['COLD LEADS'], addTags: [], removeTags: [] } } };
    expect(listManaged('calltools', [coldLeads, shouting]).lists).toEqual(['Cold Leads']);
    expect(findPlacement('calltools', [coldLeads, shouting], subject({ tags: ['active client'] }))?.lists).toEqual([
      'Cold Leads',
    ]);
  });

  it('manages the lists and tags that an audience assigns, not those that it only removes', () => {
    expect(listManaged('calltools', audiences)).toEqual({
      lists: ['Cold Leads', 'Active clients'],
      tags: ['Active client', 'reader'],
    });
    expect(listManaged('square', audiences)).toEqual({ lists: [], tags: [] });
  });

  it('targets every provider that an audience names', () => {
    expect(listAudienceTargets(audiences)).toEqual(['calltools', 'google']);
  });
});

it.each<[string, Subject, boolean]>([
  ['a cold lead with the flag', subject({ tags: ['cold lead'] }, { isCustomer: true }), true],
  ['a cold lead tagged client', subject({ tags: ['cold lead', 'Client'] }), true],
  ['a cold lead with both', subject({ tags: ['cold lead', 'won'] }, { isCustomer: true }), true],
  ['a cold lead', subject({ tags: ['cold lead'] }), false],
  ['a customer who was never a lead', subject({}, { isCustomer: true }), false],
  ['a customer without a phone', subject({ tags: ['cold lead'], phones: [] }, { isCustomer: true }), false],
  ['a customer who must not be called', subject({ tags: ['cold lead'], doNotContact: doNotCall }, { isCustomer: true }), false],
  ['a deleted customer', subject({ tags: ['cold lead'] }, { isCustomer: true, isDeleted: true }), false],
])('excluded for being a customer, or not: %s', (_who, who, excluded) => {
  expect(isExcludedCustomer('calltools', audiences, who)).toBe(excluded);
  expect(isExcludedCustomer(null, audiences, who)).toBe(excluded);
  expect(isExcludedCustomer('google', audiences, who)).toBe(false);
});

it('an excluding tag alone does not make a customer', () => {
  const strangers: Audience = { ...coldLeads, unless: { anyTag: ['competitor'] } };
  expect(isExcludedCustomer(null, [strangers], subject({ tags: ['cold lead', 'competitor'] }))).toBe(false);
});
