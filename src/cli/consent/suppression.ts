import { countOf } from '#domain/count-of.ts';
/** An entry of the suppression list, as the api returns it. */
export interface Suppression {
  id: string;
  channel: string;
  kind: string;
  value: string;
  via: string;
  actor: string;
  reason: string | null;
  createdAt: string;
}

export const sayContacts = (count: number): string => `${countOf(count, 'contact')} ${count === 1 ? 'has' : 'have'} it`;
