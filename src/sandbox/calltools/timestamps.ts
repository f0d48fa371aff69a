import type { Clock } from '#sandbox/core/clock.ts';
import type { CallToolsSettings } from './settings.ts';

/** ISO 8601 with microseconds and Z, as in answers. Each call returns a later time, so `updated_on` orders writes. */
export function createTimestamps(clock: Clock): () => string {
  let last = 0;
  return () => {
    last = Math.max(last + 1, clock.now() * 1_000);
    const microseconds = String(last % 1_000).padStart(3, '0');
    return `${new Date(last / 1_000).toISOString().slice(0, -1)}${microseconds}Z`;
  };
}

/** developers.calltools.com/api-conventions documents whole seconds; integrators saw microseconds. */
export function showTime(at: string, { timeFormat }: Pick<CallToolsSettings, 'timeFormat'>): string {
  return timeFormat === 'seconds' ? at.slice(0, 19).replace('T', ' ') : at;
}
