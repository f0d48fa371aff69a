import { showColumns, showLine, toCell } from '#cli/screen.ts';
import type { FoundPage } from './found-contact.ts';

/** Prints a page of contacts as a table. */
export function showContacts({ contacts, next }: FoundPage): void {
  showColumns(
    ['id', 'name', 'email', 'phone', 'states', 'records'],
    contacts.map(({ id, name, company, emails, phones, states, records }) => [
      id,
      toCell(name ?? company ?? '(no name)', 32),
      toCell(more(emails)),
      toCell(more(phones), 24),
      states.join(', '),
      records
        .filter(({ state }) => state === 'linked')
        .map(({ provider, error }) => (error === null ? provider : `${provider}!`))
        .join(' '),
    ]),
  );
  if (contacts.some(({ records }) => records.some(({ error }) => error !== null)))
    showLine('  ! the last call for the record failed');
  if (next !== null) showLine(`  more: --cursor ${next}`);
}

const more = ([first = '', ...others]: readonly string[]): string => (others.length === 0 ? first : `${first} +${others.length}`);
