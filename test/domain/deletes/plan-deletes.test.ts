import { describe, expect, it } from '@jest/globals';
import { askAlways, type DeletePolicy, type DeleteRules, policyFor } from '#domain/deletes/delete-policy.ts';
import { planDeletes } from '#domain/deletes/plan-deletes.ts';

const withPolicy = (policy: DeletePolicy): DeleteRules => ({ ...askAlways, policy });
const gone = { provider: 'google', missingSince: 1_000, hasOther: false };
const square = { linkId: 'link', provider: 'square', isLive: true, editedAt: null };
const quiet = { recent: 1, linked: 10_000 };

describe('the policy for a pair of accounts', () => {
  const rules: DeleteRules = {
    policy: 'ask',
    from: { google: { policy: 'ignore', to: { calltools: 'delete' } }, square: { to: { google: 'delete' } } },
    maxPerHour: 20,
  };

  it.each<[string, string, DeletePolicy]>([
    ['google', 'calltools', 'delete'],
    ['google', 'square', 'ignore'],
    ['square', 'google', 'delete'],
    ['square', 'calltools', 'ask'],
    ['gohighlevel', 'google', 'ask'],
  ])('from %s to %s is %s', (source, target, policy) => {
    expect(policyFor(rules, source, target)).toBe(policy);
  });
});

describe('the plan after a deletion', () => {
  it.each<[string, Parameters<typeof planDeletes>, ReturnType<typeof planDeletes>]>([
    ['leaves the others alone', [withPolicy('ignore'), gone, [square], quiet], []],
    ['archives', [withPolicy('archive'), gone, [square], quiet], [{ linkId: 'link', step: 'archive', because: 'policy' }]],
    ['asks', [withPolicy('ask'), gone, [square], quiet], [{ linkId: 'link', step: 'ask', because: 'policy' }]],
    ['deletes', [withPolicy('delete'), gone, [square], quiet], [{ linkId: 'link', step: 'delete', because: 'policy' }]],
    [
      'leaves the others alone after the deletion of a double',
      [withPolicy('delete'), { ...gone, hasOther: true }, [square], quiet],
      [],
    ],
    [
      'asks about the 21st within an hour',
      [withPolicy('delete'), gone, [square], { recent: 21, linked: 10_000 }],
      [{ linkId: 'link', step: 'ask', because: 'many' }],
    ],
    [
      'deletes the 20th within an hour',
      [withPolicy('delete'), gone, [square], { recent: 20, linked: 10_000 }],
      [{ linkId: 'link', step: 'delete', because: 'policy' }],
    ],
    [
      'asks when more than 2 % were deleted within an hour',
      [withPolicy('delete'), gone, [square], { recent: 11, linked: 500 }],
      [{ linkId: 'link', step: 'ask', because: 'many' }],
    ],
    [
      'deletes a few in a small account',
      [withPolicy('delete'), gone, [square], { recent: 5, linked: 10 }],
      [{ linkId: 'link', step: 'delete', because: 'policy' }],
    ],
    [
      'asks when somebody has edited the other record since',
      [withPolicy('delete'), gone, [{ ...square, editedAt: 1_000 }], quiet],
      [{ linkId: 'link', step: 'ask', because: 'edited' }],
    ],
    [
      'deletes what was edited before',
      [withPolicy('delete'), gone, [{ ...square, editedAt: 999 }], quiet],
      [{ linkId: 'link', step: 'delete', because: 'policy' }],
    ],
    [
      'asks where the account is not written to',
      [withPolicy('delete'), gone, [{ ...square, isLive: false }], quiet],
      [{ linkId: 'link', step: 'ask', because: 'not-live' }],
    ],
  ])('%s', (_case, input, plan) => {
    expect(planDeletes(...input)).toEqual(plan);
  });
});
