/** A longer Retry-After is cut to this. */
const maxSeconds = 3600;

/** Seconds to wait from a Retry-After header, which holds seconds or a date (RFC 9110, section 10.2.3); null when it holds neither. */
export function parseRetryAfter(text: string | undefined, now: Date): number | null {
  const seconds = text === undefined ? null : findSeconds(text.trim(), now);
  return seconds === null ? null : Math.min(Math.max(Math.ceil(seconds), 0), maxSeconds);
}

function findSeconds(text: string, now: Date): number | null {
  // Some receivers send fractions.
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  // Date.parse() accepts almost anything.
  if (!/^[A-Z][a-z]+, .* GMT$/.test(text)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : (time - now.getTime()) / 1000;
}
