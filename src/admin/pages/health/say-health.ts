import type { Schemas } from '#admin/rest/client.ts';

type Overview = Schemas['Overview'];
type Connection = Pick<Schemas['Connection'], 'name' | 'failingSince' | 'lastError' | 'state'>;

/** The overall state in one sentence: the good part first, then the problems. */
export function sayHealth({ contacts, needsYou, deliveries, accounts }: Overview, troubled: readonly Connection[]): string {
  if (contacts.total === 0) return 'Nobody is here yet: the first pass has not brought anybody.';
  const questions = needsYou.candidates + needsYou.conflicts + needsYou.submissions + needsYou.deletes;
  const notLive = accounts.filter(({ mode }) => mode === 'observe').length;
  const parts = [
    `${count(contacts.synced + contacts.outside)} in step`,
    ...say(contacts.pending, 'on their way', 'on the way'),
    ...say(questions, 'need you', 'needs you'),
    ...say(needsYou.failures, 'could not be written', 'could not be written'),
    ...say(deliveries.dead, 'events were not delivered', 'event was not delivered'),
    ...say(notLive, 'accounts are only read', 'account is only read'),
    ...troubled.map(sayTrouble),
  ];
  return `${parts.join(', ')}.`;
}

const count = (number: number) => number.toLocaleString('en');

const say = (number: number, many: string, one: string) =>
  number === 0 ? [] : [`${count(number)} ${number === 1 ? one : many}`];

function sayTrouble({ name, state, failingSince }: Connection): string {
  const what = state === 'reauthorise' ? 'refuses our key' : 'does not answer';
  const since =
    failingSince === null ? '' : ` since ${new Date(failingSince).toLocaleTimeString('en-GB', { timeStyle: 'short' })}`;
  return `${name} ${what}${since}`;
}
