import { Command } from 'commander';
import { type ApiOptions, callApi, withApi } from '#cli/call-api.ts';
import { showLine } from '#cli/screen.ts';
import { getContactId, nobody, whoHelp } from './find-contact.ts';
import type { FoundPage } from './found-contact.ts';
import { type ExplainedContact, showContact } from './show-contact.ts';
import { showContacts } from './show-contacts.ts';

interface Options extends ApiOptions {
  state?: string;
  account?: string;
  tag?: string;
  audience?: string;
  updatedSince?: string;
  cursor?: string;
  limit?: string;
  list?: boolean;
}

/** `accord contact` */
export function contactCommand(): Command {
  return withApi(new Command('contact'))
    .description('show a contact and why each field is what it is, or list contacts')
    .argument('[who...]', whoHelp)
    .option('--state <state>', 'only contacts in this state, such as synced, failed, waiting, parked, asked or deleted')
    .option('--account <id>', 'only contacts with a record at this account')
    .option('--tag <tag>', 'only contacts with this tag')
    .option('--audience <name>', 'only members of this audience')
    .option('--updated-since <time>', 'only contacts that changed since then (ISO 8601)')
    .option('--list', 'list the contacts also where only one is found')
    .option('--limit <count>', 'size of a page')
    .option('--cursor <cursor>', 'the next page')
    .action(contact);
}

async function contact(words: string[], options: Options): Promise<void> {
  const who = words.length === 0 ? undefined : words.join(' ');
  const { state, account: provider, tag, audience, updatedSince, cursor, limit } = options;
  const filter = { state, provider, tag, audience, updated_since: updatedSince, cursor, limit };
  const isFiltered = options.list || Object.values(filter).some((value) => value !== undefined);
  if (who === undefined || isFiltered) return list(options, { q: who, ...filter });
  const hits = await findHits(options, who);
  if (hits !== null) return print(options, hits);
  const path = `/api/v1/contacts/${encodeURIComponent(await getContactId(options, who))}`;
  const found = await callApi<ExplainedContact>(options, { method: 'GET', path });
  if (options.json) showLine(JSON.stringify(found, null, 2));
  else showContact(found);
}

/** Several contacts that are found by a text; null for one, and for an id. */
async function findHits(options: Options, who: string): Promise<FoundPage | null> {
  if (/^[a-z][a-z\d-]*:\S+$/.test(who)) return null;
  const page = await callApi<FoundPage>(options, { method: 'GET', path: '/api/v1/contacts', query: { q: who, limit: '20' } });
  if (page.contacts.length === 0 && !/^[0-9a-f-]{36}$/i.test(who)) throw nobody(who);
  return page.contacts.length > 1 ? page : null;
}

async function list(options: Options, query: Record<string, string | undefined>): Promise<void> {
  print(options, await callApi<FoundPage>(options, { method: 'GET', path: '/api/v1/contacts', query }));
}

function print({ json }: Options, page: FoundPage): void {
  if (json) showLine(JSON.stringify(page, null, 2));
  else if (page.contacts.length === 0)
    showLine(page.next === null ? 'no contacts' : `no contacts here, more: --cursor ${page.next}`);
  else showContacts(page);
}
