const units = [
  { ms: 86_400_000, name: 'd' },
  { ms: 3_600_000, name: 'h' },
  { ms: 60_000, name: 'min' },
  { ms: 1_000, name: 's' },
] as const;

/** A time span for people: `30 min`, `2 s`, `250 ms`. Rounded to the largest unit that it fills. */
export function inWords(ms: number): string {
  const unit = units.find((each) => ms >= each.ms);
  return unit ? `${Math.round(ms / unit.ms)} ${unit.name}` : `${Math.max(0, Math.round(ms))} ms`;
}
