import { z } from 'zod';
import type { SandboxLink } from '#api/deps.ts';
import { ApiProblem } from '#api/rest/errors.ts';

/** A person as the control routes of a sandbox show them: see docs/sandboxes.md. */
const person = z.looseObject({
  id: z.string(),
  givenName: z.string().optional(),
  familyName: z.string().optional(),
  phones: z.array(z.string()),
  emails: z.array(z.string()),
  note: z.string().optional(),
  lists: z.array(z.string()).optional(),
  doNotCall: z.boolean().optional(),
});

export type SandboxPerson = z.output<typeof person>;

const deadlineMs = 5_000;

/** The people of a sandbox; with an email address, only those that have it. */
export async function readPeople({ control, title }: SandboxLink, email?: string): Promise<SandboxPerson[]> {
  const query = email === undefined ? '' : `?${new URLSearchParams({ email })}`;
  const { people } = z.object({ people: z.array(person) }).parse(await call(title, `${control}/people${query}`));
  return people;
}

/** Makes an edit in the vendor's own pages. Its webhooks follow, as after an edit by a person. */
export async function editPerson({ control, title }: SandboxLink, edit: object): Promise<void> {
  await call(title, `${control}/people`, { people: [edit] });
}

async function call(title: string, url: string, body?: object): Promise<unknown> {
  const signal = AbortSignal.timeout(deadlineMs);
  const response = await fetch(url, { signal, ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}) }).catch(
    () => null,
  );
  if (response?.status === 400)
    throw new ApiProblem({ status: 400, code: 'invalid-input', detail: `The ${title} sandbox refuses this edit.` });
  if (!response?.ok)
    throw new ApiProblem({
      status: 503,
      code: 'unavailable',
      detail: `The ${title} sandbox does not answer.`,
      headers: { 'retry-after': '5' },
    });
  return response.json();
}
