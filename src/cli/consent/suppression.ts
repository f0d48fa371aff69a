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

export const sayContacts = (count: number): string => (count === 1 ? '1 contact has it' : `${count} contacts have it`);
