import { describe, expect, it } from '@jest/globals';
import { maskPersonal } from '#api/rest/mask.ts';
import { fieldNames } from '#domain/contact.ts';
import { fieldTable } from '#domain/fields.ts';

describe('an answer for a viewer', () => {
  it('shows how contacts are synced, and not who they are', () => {
    const answer = {
      id: 'c1',
      state: 'linked',
      fields: { givenName: 'Ada', emails: [{ address: 'ada@example.com', label: null }], refusals: { call: true } },
      links: [{ provider: 'square', externalId: 'SQ1', shadow: { note: 'Prefers mornings' }, lastError: { type: 'RateLimit' } }],
    };
    expect(maskPersonal(answer)).toEqual({
      id: 'c1',
      state: 'linked',
      fields: { givenName: 'A•••', emails: [{ address: 'a•••', label: null }], refusals: { call: true } },
      links: [{ provider: 'square', externalId: 'SQ1', shadow: { note: 'P•••' }, lastError: { type: 'RateLimit' } }],
    });
  });

  it.each(fieldNames.filter((field) => fieldTable[field].isPersonal))('hides %s wherever it stands', (field) => {
    const hidden = JSON.stringify(maskPersonal({ deep: [{ [field]: [{ any: 'Lovelace' }] }] }));
    expect(hidden).not.toContain('ovelace');
  });

  it('keeps the words of evidence, the origin of a value and the reason of a failure', () => {
    const answer = {
      evidence: { parts: [{ kind: 'phone-same', points: 5, says: 'same phone number' }], reasons: ['a family name is missing'] },
      origins: { givenName: { provider: 'square', changedAt: '2026-11-29T12:00:00.000Z' } },
      lastError: { message: 'Square rejects the request.' },
    };
    expect(maskPersonal(answer)).toEqual(answer);
  });

  it('hides the value that a rule looks at', () => {
    const answer = {
      audiences: [{ audience: 'cold-leads', checks: [{ rule: 'needs.phone', passed: true, value: '+12025550143' }] }],
    };
    expect(maskPersonal(answer)).toEqual({
      audiences: [{ audience: 'cold-leads', checks: [{ rule: 'needs.phone', passed: true, value: '+•••' }] }],
    });
  });

  it('says nothing about the length of a text', () => {
    expect(maskPersonal({ note: 'A very long note' })).toEqual({ note: 'A•••' });
  });
});
