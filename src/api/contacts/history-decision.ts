import { isDeepStrictEqual } from 'node:util';
import type { EntryWithEffects } from '#db/contacts/history.ts';

/** The decision in one sentence, without values: those are separate fields. */
export function toDecision({ kind, actor, provider, field, before, after }: EntryWithEffects): string {
  const record = provider ?? actor;
  switch (kind) {
    case 'created':
      return `A new contact was made of a record of ${record}.`;
    case 'changed':
      return `The value of ${field} from ${record} was taken over: nobody else had changed it.`;
    case 'conflict':
      return isDeepStrictEqual(before, after)
        ? `The contact kept its ${field} against another one of ${record}.`
        : `The ${field} of ${record} won against that of the contact.`;
    case 'resolved':
      return isDeepStrictEqual(before, after)
        ? `${actor} confirmed ${field} against the other value of a conflict.`
        : `${actor} chose the other value of a conflict about ${field}.`;
    case 'pushed':
      return `Accord wrote ${Array.isArray(after) && after.length > 0 ? after.join(', ') : 'nothing new'} to ${record}.`;
    case 'tombstoned':
      return `The record was deleted at ${record}, and is not created again.`;
    case 'restored':
      return `The record exists again at ${record}.`;
    case 'removed':
      return typeof after === 'object' && after !== null && 'becauseOf' in after
        ? `Accord deleted the record at ${record}, because the person’s record at ${after.becauseOf} was deleted.`
        : `Accord deleted the record at ${record}, which it had created itself: the go-live was undone.`;
    case 'merged':
      return `Another ${provider === null ? 'contact' : 'record'} was recognised as the same person.`;
    case 'split':
      return `${actor} gave records to a contact of their own.`;
    case 'consent':
      return `The person gave permissions by ${record}.`;
    case 'marked_customer':
      return `${actor} marked the contact as a customer.`;
    case 'unmarked_customer':
      return `${actor} removed the mark of a customer.`;
  }
}
