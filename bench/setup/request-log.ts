import { callJson } from '#dev/call-json.ts';

/** One request that a sandbox answered; see docs/sandboxes.md. */
export interface LoggedRequest {
  sequence: number;
  at: string;
  method: string;
  path: string;
  status: number | null;
  ms: number;
}

export interface RequestLog {
  /** What ended since the last call, or since the log was opened. */
  next(): Promise<LoggedRequest[]>;
}

/** Follows the log of one sandbox from now on. */
export async function openRequestLog({ control }: { control: string }): Promise<RequestLog> {
  const read = (after: number) =>
    callJson<{ requests: LoggedRequest[]; last: number }>(`${control}/requests?after=${after}&limit=200000`);
  let { last } = await read(Number.MAX_SAFE_INTEGER);
  return {
    async next() {
      const page = await read(last);
      last = page.last;
      return page.requests;
    },
  };
}

/** Searches, bulk reads and grants of tokens are no writes, whatever their method. */
export function isWrite({ method, path }: LoggedRequest): boolean {
  return method !== 'GET' && !/\/(search|bulk-retrieve|token)\b/.test(path);
}

/** About one contact, which its id in the path tells. */
export function isOfOne({ path }: LoggedRequest): boolean {
  return /\/(contacts|customers|people)\/(?!search|bulk-|me\/)[^/?]+/.test(path);
}
