import { callJson } from '#dev/call-json.ts';
import type { SandboxAddress } from '#sandbox/core/define-sandbox.ts';
import type { PersonEdit } from '#sandbox/core/people.ts';

/** A person who shares no name, email address or phone number with any other index. */
export interface BenchPerson {
  givenName: string;
  familyName: string;
  email: string;
  /** E.164, and a number that a dialer calls. */
  phone: string;
}

export function person(index: number): BenchPerson {
  return {
    givenName: `Ada${letters(index)}`,
    familyName: `Lovelace${letters(index)}`,
    email: `ada.${index}@example.com`,
    phone: `+1512${2_000_000 + index}`,
  };
}

/** Puts people into a sandbox as a bulk import does, without webhooks by default. Returns their ids, in order. */
export async function seedPeople(
  { control }: Pick<SandboxAddress, 'control'>,
  people: readonly PersonEdit[],
  { webhooks = false }: { webhooks?: boolean } = {},
): Promise<string[]> {
  const { ids } = await callJson<{ ids: string[] }>(`${control}/people`, { method: 'POST', body: { people, webhooks } });
  return ids;
}

/** 0 → a, 25 → z, 26 → ba: names hold no digits. */
function letters(index: number): string {
  return [...index.toString(26)].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 26))).join('');
}
