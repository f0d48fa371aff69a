import type { Schemas } from '#admin/rest/client.ts';
import { type Mood, StateBadge } from '#admin/ui/state-badge.tsx';

export type ContactState = Schemas['ContactSummary']['states'][number];

const looks: Record<ContactState, { mood: Mood; label: string; why: string }> = {
  synced: { mood: 'good', label: 'in step', why: 'Every system has the same values.' },
  pending: { mood: 'waiting', label: 'on its way', why: 'A change is being written.' },
  waiting: {
    mood: 'warning',
    label: 'may be a double',
    why: 'No record is created until you say whether it is somebody that is known.',
  },
  held: { mood: 'off', label: 'account not live', why: 'It would be written to an account that is not live yet.' },
  failed: { mood: 'bad', label: 'could not be written', why: 'A system refuses it. The reason is in its page.' },
  excluded_customer: { mood: 'off', label: 'a customer', why: 'The rules keep customers out of the dialer.' },
  not_eligible: { mood: 'off', label: 'in no audience', why: 'No rule of accord.yaml places it in the dialer.' },
  deleted: { mood: 'off', label: 'deleted', why: 'Somebody deleted it.' },
  asked: { mood: 'warning', label: 'needs you', why: 'A decision waits for you.' },
  parked: { mood: 'bad', label: 'tried again', why: 'The last call for a record failed, and is repeated.' },
};

export const contactStates = Object.entries(looks).map(([value, { label }]) => ({ value, label }));

export function ContactStateBadge({ state }: { state: ContactState }) {
  const { mood, label, why } = looks[state];
  return (
    <StateBadge mood={mood} title={why}>
      {label}
    </StateBadge>
  );
}

export const sayState = (state: ContactState): string => looks[state].why;
