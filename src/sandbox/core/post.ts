import { type Dispatcher, request } from 'undici';

/** What a target said to a webhook. `status` is null when it gave no answer; `error` says why. */
export interface Outcome {
  status: number | null;
  error?: string;
}

/** One POST, which never throws. Redirects are not followed. */
export async function post(
  { url, headers, body }: { url: string; headers: Record<string, string>; body: string },
  dispatcher: Dispatcher,
): Promise<Outcome> {
  try {
    const answer = await request(url, { method: 'POST', headers, body, dispatcher });
    await answer.body.dump();
    return { status: answer.statusCode };
  } catch (error) {
    return { status: null, error: error instanceof Error ? error.message : String(error) };
  }
}
