import { type ApiOptions, callApi } from '#cli/call-api.ts';
import { CommandError, exitCodes } from '#cli/exit-codes.ts';
import type { FoundPage } from './found-contact.ts';
import { showContacts } from './show-contacts.ts';

export const whoHelp = 'an email, phone number, name, tag, Accord id, or record id (square:ABC)';

const isId = (who: string): boolean =>
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(who) || /^[a-z][a-z\d-]*:\S+$/.test(who);

/** The id of the one contact that somebody means. When several are found, they are listed, and the command ends. */
export async function getContactId(options: ApiOptions, who: string): Promise<string> {
  if (isId(who)) return who;
  const page = await callApi<FoundPage>(options, { method: 'GET', path: '/api/v1/contacts', query: { q: who, limit: '10' } });
  const [first, second] = page.contacts;
  if (first === undefined) throw nobody(who);
  if (second === undefined) return first.id;
  if (!options.json) showContacts(page);
  throw new CommandError(`Several contacts are found by ${JSON.stringify(who)}: name one by its id.`, exitCodes.usage);
}

export const nobody = (who: string): CommandError =>
  new CommandError(
    `Nobody is found by ${JSON.stringify(who)}: shorten it, or read the records anew with accord status.`,
    exitCodes.notFound,
  );
