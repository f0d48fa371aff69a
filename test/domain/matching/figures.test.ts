import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { measureSet } from '#bench/matching/measure.ts';
import { dataFolder, readPeople } from '#bench/matching/people.ts';
import { playTrap, readTraps } from '#bench/matching/traps.ts';

describe('the figures of npm run bench:matching, on a part of the records', () => {
  it.each([
    ['people-febrl3-tidy.json', 900, { recall: 0.75, suggested: 0.92, questions: 80 }],
    ['people-febrl3-business.json', 600, { recall: 0.65, suggested: 0.9, questions: 160 }],
    ['people-fake1000-business.json', 400, { recall: 0.58, suggested: 0.88, questions: 220 }],
  ])('%s', async (file, count, least) => {
    const people = (await readPeople(path.join(dataFolder, file))).slice(0, count);
    const figures = measureSet(people, { shuffles: 2 });
    expect(figures.wrong.map((pair) => pair.map(({ id }) => id))).toEqual([]);
    expect(figures.recall).toBeGreaterThan(least.recall);
    expect(figures.recallWithSuggestions).toBeGreaterThan(least.suggested);
    expect(figures.questionsPerThousand).toBeLessThan(least.questions);
  });

  it('no trap is a wrong merge in any order, and at least 80 of 88 are right', async () => {
    const results = (await readTraps(path.join(dataFolder, 'matching-traps.json'))).map(playTrap);
    expect(results.filter(({ outcome }) => outcome === 'wrong-merge').map(({ trap }) => trap.what)).toEqual([]);
    expect(results).toHaveLength(88);
    expect(results.filter(({ outcome }) => outcome === 'right').length).toBeGreaterThanOrEqual(80);
  });
});
