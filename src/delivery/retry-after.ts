/** Whoever asks for more is asked again after this. */
const longestSeconds = 3600;

/** Seconds to wait from a Retry-After header, which holds seconds or a date (RFC 9110, section 10.2.3); null where it says nothing. */
export function parseRetryAfter(text: string | undefined, now: Date): number | null {
  const seconds = text === undefined ? null : findSeconds(text.trim(), now);
  return seconds === null ? null : Math.min(Math.max(Math.ceil(seconds), 0), longestSeconds);
}

function findSeconds(text: string, now: Date): number | null {
  // Some send fractions.
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  // Date.parse() takes almost anything for a date.
  if (!/^[A-Z][a-z]+, .* GMT$/.test(text)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : (time - now.getTime()) / 1000;
}
