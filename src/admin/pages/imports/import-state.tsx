import type { Schemas } from '#admin/rest/client.ts';
import { type Mood, StateBadge } from '#admin/ui/state-badge.tsx';

export type Import = Schemas['ContactImport'];
export type Outcome = keyof Schemas['ImportOutcomes'];

const states: Record<Import['state'], { mood: Mood; says: string }> = {
  receiving: { mood: 'waiting', says: 'being sent' },
  reading: { mood: 'waiting', says: 'being read' },
  checking: { mood: 'waiting', says: 'being checked' },
  checked: { mood: 'warning', says: 'checked, waits for you' },
  importing: { mood: 'waiting', says: 'being imported' },
  completed: { mood: 'good', says: 'imported' },
  repeated: { mood: 'off', says: 'imported before' },
  refused: { mood: 'bad', says: 'cannot be read' },
  cancelled: { mood: 'off', says: 'cancelled' },
};

export function ImportState({ state }: { state: Import['state'] }) {
  const { mood, says } = states[state];
  return <StateBadge mood={mood}>{says}</StateBadge>;
}

export const outcomes: readonly { outcome: Outcome; says: string }[] = [
  { outcome: 'new', says: 'new people' },
  { outcome: 'changed', says: 'known people who get something' },
  { outcome: 'unchanged', says: 'known people with nothing new' },
  { outcome: 'asked', says: 'may be somebody known: you decide' },
  { outcome: 'repeated', says: 'people who are in the file twice' },
  { outcome: 'unreadable', says: 'rows that cannot be imported' },
];

export const isUnderWay = ({ state }: Import) => state === 'reading' || state === 'checking' || state === 'importing';
