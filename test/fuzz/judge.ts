import type { FuzzRequest } from './requests.ts';
import type { Answer } from './send.ts';

/** How long an answer to a complete request may take. */
export const limitMs = 5_000;

/** What is wrong with an answer: a short sentence, or null. */
export function findFault(request: FuzzRequest, { status, headers, text, ms }: Answer, atMostMs = limitMs): string | null {
  if (isLate({ ms }, atMostMs)) return `no end within ${atMostMs / 1_000} s`;
  if (status === null) return mayBeCut(request) ? null : 'the connection ended without a response';
  // Schedules are created by a worker, and none runs.
  if (status === 503 && request.target.startsWith('/readyz')) return null;
  if (status >= 500) return `status ${status}`;
  if (/\n +at .*\.[cm]?[jt]s:\d+|node_modules\//.test(text)) return 'a stack trace in the response';
  const isJson = /json/.test(headers['content-type'] ?? '') && text !== '' && request.method !== 'HEAD';
  return isJson && headers['transfer-encoding'] === undefined && !isParsable(text) ? 'a response that is not JSON' : null;
}

export function isLate({ ms }: Pick<Answer, 'ms'>, atMostMs = limitMs): boolean {
  return ms >= atMostMs;
}

/** The server closes while the rest of a large body arrives, so that the client may miss the response. A body without an end gets none. */
function mayBeCut({ body, framing }: FuzzRequest): boolean {
  return body.length > 60_000 || framing === 'endless';
}

function isParsable(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
