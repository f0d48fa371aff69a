import type { ContactFields } from '#domain/contact.ts';
import { envelope, isSelected, type LeadEvent, maxBodyBytes, showLead } from './lead-event.ts';

/** A form submission, for subscribers. */
export interface SubmittedForm {
  /** Id of the submission. */
  id: string;
  form: string;
  title: string;
  message: string | null;
  page: string | null;
  submittedAt: Date;
  consent: { grants: readonly string[]; evidence: Record<string, string> } | null;
  /** Whether some of its values wait for proof. */
  isPending: boolean;
  /** The contact after the submission. */
  after: { contactId: string; revision: number; fields: ContactFields };
}

/** The event `form_submitted`. Every submission has one, also when it changes nothing in the contact. */
export function formEvent(submitted: SubmittedForm): LeadEvent {
  const { after, submittedAt } = submitted;
  const { contactId, revision, fields } = after;
  return {
    ...{ type: 'form_submitted', contactId, sequence: revision, occurredAt: submittedAt },
    isWanted: (filters) => isSelected(filters ?? {}, fields),
    toText: (id) => toText(id, submitted),
  };
}

function toText(id: string, submitted: SubmittedForm): string {
  const { form, title, page, submittedAt, consent, isPending, after } = submitted;
  const { contactId, revision, fields } = after;
  const textOf = (message: string | null, omitted: string[]): string => {
    const data = {
      ...{ id: contactId, ...showLead(fields) },
      ...{ submission: submitted.id, form, title, message, page },
      consent: consent && { channels: consent.grants, words: consent.evidence.words ?? '' },
      is_pending: isPending,
      ...(omitted.length > 0 && { omitted }),
    };
    return JSON.stringify({ ...envelope({ id, type: 'form_submitted', at: submittedAt, sequence: revision }), data });
  };
  const whole = textOf(submitted.message, []);
  return new TextEncoder().encode(whole).length > maxBodyBytes ? textOf(null, ['message']) : whole;
}
