/** Makes one HTTP call. `json` is null when the body is not JSON. */
export async function call(method: string, url: string, body?: unknown, headers: Record<string, string> = {}) {
  const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    redirect: 'manual',
    ...init,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads the fields of any answer.
function parse(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
