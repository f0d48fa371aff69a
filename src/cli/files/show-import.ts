import { showFact, showLine, showNote, showTable } from '#cli/screen.ts';
import { countOf } from '#domain/count-of.ts';

const outcomes = ['new', 'changed', 'unchanged', 'asked', 'repeated', 'unreadable'] as const;
type Outcomes = Record<(typeof outcomes)[number], number>;

/** An import, as the api shows it. */
export interface Import {
  id: string;
  fileName: string;
  state: string;
  format: string | null;
  error: string | null;
  repeatsId: string | null;
  rows: number;
  problems: number;
  done: number;
  checked: Outcomes;
  imported: Outcomes;
}

export function isUnderWay({ state }: Import): boolean {
  return ['receiving', 'reading', 'checking', 'importing'].includes(state);
}

const labels: Record<keyof Outcomes, string> = {
  new: 'new people',
  changed: 'known people with new values',
  unchanged: 'known people without new values',
  asked: 'people who may be known: you decide (accord candidates)',
  repeated: 'people who are in the file twice',
  unreadable: 'rows that cannot be imported',
};

/** Prints how an import has ended. `command`: imports the file that was only checked. */
export function showImport(
  { id, fileName, state, error, repeatsId, rows, problems, checked, imported }: Import,
  command: string,
): void {
  if (state === 'refused') showNote(`${fileName}: ${error}`);
  if (state === 'cancelled') showNote(`${fileName}: the import was cancelled. Rows that are imported already stay imported.`);
  if (state === 'repeated') showFact(`${fileName} was imported before, as ${repeatsId}: nothing was done.`);
  if (state !== 'checked' && state !== 'completed') return;
  const isDryRun = state === 'checked';
  const counts = isDryRun ? checked : imported;
  const done =
    counts.unreadable === 0 || isDryRun ? countOf(rows, 'row') : `${rows - counts.unreadable} of ${countOf(rows, 'row')}`;
  showFact(`${fileName}: ${done} ${isDryRun ? 'checked, and nothing imported' : 'imported'}`);
  showTable(outcomes.filter((outcome) => counts[outcome] > 0).map((outcome) => [String(counts[outcome]), labels[outcome]]));
  if (problems > 0)
    showNote(
      `${countOf(problems, 'row')} ${problems === 1 ? 'has' : 'have'} problems: accord import-problems ${id} prints them.`,
    );
  if (isDryRun) showLine(`  ${command} imports it.`);
}
