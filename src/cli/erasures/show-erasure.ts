import { showFact, showLine, showNote } from '#cli/screen.ts';
import { countOf } from '#domain/count-of.ts';

/** An erasure, as the api has it. */
export interface Erasure {
  id: string;
  contactId: string;
  state: 'running' | 'completed';
  reason: string;
  requestedAt: string;
  completedAt: string | null;
  records: Proof[];
  removed: Record<string, number>;
  endpointIds: string[];
  exportFiles: string[];
  blocked: number;
  liftedAt: string | null;
}

interface Proof {
  provider: string;
  state: 'open' | 'deleted' | 'verified';
  answer: 'accepted' | 'not-found' | 'never-created' | null;
  verifiedAt: string | null;
  verifiedStatus: number | null;
  error: string | null;
}

/** Prints an erasure with the proof of each vendor. */
export function showErasure(erasure: Erasure): void {
  const { id, state, reason, requestedAt, completedAt, liftedAt, blocked } = erasure;
  showLine(`${id}  ${state}  ${completedAt ?? requestedAt}  ${reason}`);
  for (const record of erasure.records) {
    const line = `${record.provider}: ${describe(record)}`;
    if (record.state === 'verified') showFact(line);
    else showNote(line);
  }
  const rows = Object.values(erasure.removed).reduce((sum, count) => sum + count, 0);
  showLine(
    `  ${countOf(rows, 'row')} deleted from ${countOf(Object.keys(erasure.removed).length, 'table')}; kept out since: ${blocked}`,
  );
  for (const file of erasure.exportFiles) showNote(`delete the lines of contact ${erasure.contactId} in ${file}`);
  for (const endpoint of erasure.endpointIds) showNote(`endpoint ${endpoint} got events of the person: tell its owner`);
  if (liftedAt !== null) showLine(`  lifted ${liftedAt}: the person may return`);
}

function describe({ state, answer, verifiedAt, verifiedStatus, error }: Proof): string {
  if (answer === 'never-created') return 'no record was ever created';
  if (state === 'verified') {
    const called = answer === 'not-found' ? 'was gone already' : 'deleted';
    return `${called}, and not found by a read since (${verifiedStatus ?? 'no status'}, ${verifiedAt})`;
  }
  return error ?? (state === 'deleted' ? 'deleted, not verified yet' : 'not deleted yet');
}
