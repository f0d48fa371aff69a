/** Converts `updated_on` (UTC, whole seconds or with a fraction) to text that sorts by time. Null when it is no valid time. */
export function toSortableTime(updatedOn: string | null | undefined): string | null {
  const [, date, time, fraction = ''] = pattern.exec(updatedOn ?? '') ?? [];
  return date === undefined ? null : `${date}T${time}.${fraction.padEnd(6, '0')}Z`;
}

/** ISO 8601 in observed responses, `2025-12-12 05:03:44` in the CallTools docs. */
const pattern = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|\+00:00)?$/;

/** Converts `updated_on` to ISO 8601 in milliseconds. Null when it is no valid time. */
export function toIsoTime(updatedOn: string | null | undefined): string | null {
  const date = new Date(toSortableTime(updatedOn) ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Returns the later of two sortable times. Null counts as earlier than all others. */
export function laterOf(one: string | null, other: string | null): string | null {
  return one !== null && (other === null || one > other) ? one : other;
}

/** True when the rows with a time are sorted by it, descending. False when all rows lack it. */
export function isNewestFirst(rows: readonly { updated_on: string | null }[]): boolean {
  const times = rows.flatMap(({ updated_on }) => toSortableTime(updated_on) ?? []);
  return (times.length > 0 || rows.length === 0) && times.every((time, index) => index === 0 || time <= (times[index - 1] ?? ''));
}
