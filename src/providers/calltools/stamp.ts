/** The moment that CallTools says, as text that sorts by time; null for what is none. UTC, in whole seconds or with a fraction. */
export function toStamp(updatedOn: string | null | undefined): string | null {
  const [, date, time, fraction = ''] = pattern.exec(updatedOn ?? '') ?? [];
  return date === undefined ? null : `${date}T${time}.${fraction.padEnd(6, '0')}Z`;
}

/** ISO 8601 as it was seen in answers, or `2025-12-12 05:03:44` as the CallTools docs have it. */
const pattern = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|\+00:00)?$/;

/** ISO 8601 in milliseconds. */
export function toInstant(updatedOn: string | null | undefined): string | null {
  const stamp = toStamp(updatedOn);
  const date = new Date(stamp ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** The later of two; null is before everything. */
export function laterOf(one: string | null, other: string | null): string | null {
  return one !== null && (other === null || one > other) ? one : other;
}
