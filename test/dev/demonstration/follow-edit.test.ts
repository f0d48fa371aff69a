import { describe, expect, it } from '@jest/globals';
import { type Edit, followEdit } from '#dev/demonstration/follow-edit.ts';

const signal = new AbortController().signal;

describe('followEdit', () => {
  it('makes the edit and reports the time until it arrived in each place', async () => {
    let made = false;
    const edit: Edit = {
      ...{ at: 'Square', what: 'Ada has another phone number' },
      async make() {
        made = true;
      },
      arrivals: ['Google', 'GoHighLevel'].map((where) => ({ where, hasArrived: async () => made })),
    };
    expect(await followEdit(edit, { poll: () => Promise.reject(new Error('No poll expected')), signal })).toEqual({
      ...{ at: 'Square', what: 'Ada has another phone number' },
      arrived: ['Google', 'GoHighLevel'].map((where) => ({ where, ms: expect.any(Number) })),
    });
  });

  it('polls until the edit has arrived where the vendor pushes nothing', async () => {
    const polled: string[] = [];
    const edit: Edit = {
      ...{ at: 'Google', what: 'Ada is now Ada King', polled: 'google' },
      make: async () => {},
      arrivals: [{ where: 'Square', hasArrived: async () => polled.length > 1 }],
    };
    await followEdit(edit, { poll: async (provider) => polled.push(provider), signal });
    expect(polled).toEqual(['google', 'google']);
  });

  it('stops waiting when the signal aborts', async () => {
    const stopping = new AbortController();
    const edit: Edit = {
      ...{ at: 'Google', what: 'Ada is now Ada King', polled: 'google' },
      make: async () => stopping.abort(),
      arrivals: [{ where: 'Square', hasArrived: async () => false }],
    };
    await expect(followEdit(edit, { poll: async () => {}, signal: stopping.signal })).rejects.toThrow('aborted');
  });
});
