import { describe, expect, it } from '@jest/globals';
import { createClock } from '#sandbox/core/clock.ts';

describe('the clock of a sandbox', () => {
  it('starts the due tasks, earliest first, and no others', () => {
    const clock = createClock();
    const rung: string[] = [];
    const start = clock.now();
    for (const minutes of [30, 10, 90, 20]) clock.at(start + minutes * 60_000, () => rung.push(`${minutes} min`));
    clock.advance(3_600_000);
    expect(rung).toEqual(['10 min', '20 min', '30 min']);
    clock.advance(3_600_000);
    expect(rung).toEqual(['10 min', '20 min', '30 min', '90 min']);
  });

  it('starts a task when its time has come', async () => {
    const clock = createClock();
    await new Promise<void>((resolve) => clock.at(clock.now() + 5, resolve));
  });

  it('reports its offset, so that it can be stored', () => {
    const kept: number[] = [];
    const clock = createClock({ offsetMs: 1_000, onAdvance: (offsetMs) => kept.push(offsetMs) });
    clock.advance(500);
    clock.reset();
    expect(kept).toEqual([1_500, 0]);
  });

  it('can wait longer than the maximum of setTimeout', () => {
    const clock = createClock();
    let rung = false;
    clock.at(clock.now() + 60 * 86_400_000, () => {
      rung = true;
    });
    clock.advance(59 * 86_400_000);
    expect(rung).toBe(false);
    clock.advance(2 * 86_400_000);
    expect(rung).toBe(true);
  });
});
