import type { Schemas } from '#admin/rest/client.ts';
import { type Mood, StateBadge } from '#admin/ui/state-badge.tsx';

type State = Schemas['FormSubmission']['state'];

const looks: Record<State, { mood: Mood; label: string; why: string }> = {
  queued: { mood: 'waiting', label: 'on its way', why: 'It was not read yet.' },
  merged: { mood: 'good', label: 'taken over', why: 'Its values are in the contact.' },
  waiting: { mood: 'warning', label: 'needs you', why: 'Its changes to a known person wait for proof of the sender.' },
  accepted: { mood: 'good', label: 'accepted', why: 'It waited, and was accepted.' },
};

export function SubmissionState({ state }: { state: State }) {
  const { mood, label, why } = looks[state];
  return (
    <StateBadge mood={mood} title={why}>
      {label}
    </StateBadge>
  );
}

export const sayState = (state: State): string => looks[state].why;
