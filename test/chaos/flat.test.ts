import { describe, expect, it } from '@jest/globals';
import { judgeFlatness } from './flat.ts';

const course = (figure: string, valueAt: (at: number) => number) =>
  judgeFlatness(Array.from({ length: 60 }, (_, at) => ({ [figure]: valueAt(at) })))[0];

describe('a figure of a soak', () => {
  it('is flat when it only goes up and down', () => {
    expect(course('api heap, MB', (at) => 60 + 20 * (at % 2))).toMatchObject({ isFlat: true });
  });

  it('is flat when it grows during the warm-up only', () => {
    expect(course('worker RSS, MB', (at) => 200 + 10 * Math.min(at, 20))).toMatchObject({ isFlat: true });
  });

  it.each([
    ['worker RSS, MB', (at: number) => 200 + at],
    ['api open files', (at: number) => 30 + at / 6],
    ['bytes a row', (at: number) => 500 + 4 * at],
    ['inbox age, s', (at: number) => at],
  ])('is not when it grows steadily: %s', (figure, valueAt) => {
    expect(course(figure, valueAt)).toMatchObject({ isFlat: false });
  });
});
