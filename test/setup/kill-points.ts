const step = process.env.ACCORD_KILL_POINTS === 'all' ? 1 : 3;

/**
 * The points, counted from 1, at which a process with `points` of them is killed: each third one, beginning at random, so that runs
 * cover all of them together. All of them with `ACCORD_KILL_POINTS=all`.
 */
export function chooseKillPoints(points: number): number[] {
  const first = 1 + Math.floor(Math.random() * step);
  const chosen = [];
  for (let point = first; point <= points; point += step) chosen.push(point);
  console.info(`${chosen.length} of ${points} points at which a process may end, from ${first}`);
  return chosen;
}
