import { callJson } from '#dev/call-json.ts';

/** One logged request of a sandbox; see docs/sandboxes.md. */
export interface LoggedRequest {
  sequence: number;
  at: string;
  method: string;
  path: string;
  status: number | null;
  ms: number;
}

export interface RequestLog {
  /** The requests that ended since the last call, or since the log was opened. */
  next(): Promise<LoggedRequest[]>;
}

/** Reads the log of one sandbox from now on. */
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

/** Searches, bulk reads and token grants are not writes, whatever their method. */
export function isWrite({ method, path }: LoggedRequest): boolean {
  return method !== 'GET' && !/\/(search|bulk-retrieve|token)\b/.test(path);
}

/** True for a request about one contact: its id is in the path. */
export function isOfOne({ path }: LoggedRequest): boolean {
  return /\/(contacts|customers|people)\/(?!search|bulk-|me\/)[^/?]+/.test(path);
}
