import { type Decided, decide } from '#api/contacts/decisions.ts';
import type { ApiDeps } from '#api/deps.ts';
import { type ApiProblem, conflict, notFound } from '#api/rest/errors.ts';
import { type DeleteDecision, type DeleteOutcome, decideDelete } from '#contacts/deletes/decide-delete.ts';
import { recordAudit } from '#db/audit-log.ts';

interface OneDecision {
  id: string;
  decision: DeleteDecision;
  actor: string;
  /** Null decides about whatever the values are now. */
  revision?: string | null;
}

/** Stores a decision with its audit entry, and requests the sync of the person. */
export function decideOne(deps: ApiDeps, { id, decision, actor, revision = null }: OneDecision): Promise<Decided<DeleteOutcome>> {
  return decide<DeleteOutcome>(deps, { isPreview: false }, async (transaction) => {
    const result = await decideDelete(transaction, { id, decision, actor, revision });
    if (result.outcome !== 'decided') return { result, effect: null };
    const { provider, source } = result.request;
    const action = `delete.${decision}`;
    await recordAudit(transaction.tx, { actor, action, target: id, details: { contactId: result.contactId, provider, source } });
    return { result, effect: { contactIds: [result.contactId] } };
  });
}

/** The problem of a decision that was not made. */
export function refuse(outcome: Exclude<DeleteOutcome, { outcome: 'decided' }>, id: string): ApiProblem {
  switch (outcome.outcome) {
    case 'unknown':
      return notFound(`There is no request ${id}.`);
    case 'decided-before':
      return conflict('decided-before', `This request is ${outcome.state}: somebody decided it before, or it ended by itself.`);
    case 'changed':
      return conflict('changed', 'The person or the record has changed since you read the request: read it again.');
    case 'not-live':
      return conflict('not-live', `Accord does not write to ${outcome.provider} now: accord go-live, or accord resume.`);
    case 'not-restorable':
      return conflict(
        'not-restorable',
        `${outcome.provider} takes no new record of this person: sharing or the audiences in accord.yaml say so.`,
      );
  }
}
