import { type Dispatcher, request } from 'undici';

/** The answer to a webhook. `status` is null without an answer; `error` says why. */
export interface Outcome {
  status: number | null;
  error?: string;
}

/** Sends one POST without following redirects. Never throws. */
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
