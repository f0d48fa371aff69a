import { showColumns, showLine, showTable, showTitle, toCell, toMinute } from '#cli/screen.ts';
import { toText } from './to-text.ts';

export interface ExplainedContact {
  id: string;
  mergedId: string | null;
  name: string | null;
  syncStatus: string;
  isCustomer: boolean;
  isDeleted: boolean;
  fields: Record<string, unknown>;
  origins: Record<string, { provider: string; changedAt: string }>;
  comparison: {
    field: string;
    value: unknown;
    records: { linkId: string; provider: string; externalId: string | null; value: unknown; state: string }[];
  }[];
  openDecisions: { kind: string; id: string; says: string }[];
  links: {
    id: string;
    provider: string;
    externalId: string | null;
    state: string;
    observedAt: string | null;
    pushedAt: string | null;
    lastError: { message: string } | null;
  }[];
  audiences: { audience: string; member: boolean; checks: { rule: string; passed: boolean; because: string }[] }[];
  workflow: {
    status: string;
    webUi: string | null;
    lanes: { provider: string; status: string; error: { message: string } | null }[] | null;
  };
}

/** Prints a contact: its fields with their origins beside the values of each record, its records, and the audience rules. */
export function showContact(contact: ExplainedContact): void {
  const { id, mergedId, name, syncStatus, isCustomer, isDeleted, openDecisions, audiences, workflow } = contact;
  showTitle(toCell(name ?? '(no name)', 80));
  const marks = [isDeleted ? 'deleted' : syncStatus, ...(isCustomer ? ['customer'] : [])];
  showTable([
    ['id', id],
    ...(mergedId === null ? [] : [['merged', `${mergedId} was merged into it`] as const]),
    ['state', marks.join(', ')],
    ...(workflow.webUi === null ? [] : [['workflow', `${workflow.status}  ${workflow.webUi}`] as const]),
  ]);
  showFields(contact);
  showRecords(contact);
  for (const { audience, member, checks } of audiences) {
    showLine(`\n  ${member ? 'member' : 'no member'} of ${audience}`);
    for (const { rule, passed, because } of checks) showLine(`    ${passed ? '✔' : '✘'} ${rule}: ${because}`);
  }
  if (openDecisions.length > 0) showLine('\n  waits for a decision');
  for (const { kind, id: decisionId, says } of openDecisions) showLine(`    ${kind} ${decisionId}: ${says}`);
}

const signs: Record<string, string> = { same: '=', differs: '≠', conflict: '?', 'not-held': '' };

function showFields({ comparison, origins, links }: ExplainedContact): void {
  const live = links.filter(({ state }) => state === 'linked');
  showLine('');
  showColumns(
    ['field', 'value', 'from', ...live.map(({ provider }) => provider)],
    comparison.map(({ field, value, records }) => {
      const origin = origins[field];
      const from = origin === undefined ? '' : `${origin.provider} ${toMinute(origin.changedAt)}`;
      const held = live.map(({ id }) => records.find(({ linkId }) => linkId === id));
      return [field, toCell(toText(value)), from, ...held.map((record) => (record === undefined ? '' : showHeld(record)))];
    }),
  );
}

function showHeld({ state, value }: ExplainedContact['comparison'][number]['records'][number]): string {
  const sign = signs[state] ?? state;
  return state === 'differs' || state === 'conflict' ? `${sign} ${toCell(toText(value), 24)}` : sign;
}

function showRecords({ links, workflow }: ExplainedContact): void {
  showLine('');
  showColumns(
    ['record', 'state', 'read', 'written', 'trouble'],
    links.map(({ provider, externalId, state, observedAt, pushedAt, lastError }) => {
      const parked = workflow.lanes?.find((lane) => lane.provider === provider && lane.status === 'parked');
      const trouble = parked ? `parked: ${parked.error?.message ?? ''}` : (lastError?.message ?? '');
      return [`${provider}:${externalId ?? '(new)'}`, state, toMinute(observedAt), toMinute(pushedAt), toCell(trouble, 100)];
    }),
  );
}
