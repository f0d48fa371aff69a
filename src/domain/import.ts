/**
 * The states of an import. `checked`: a dry run has ended, and a person may go on. `repeated`: the file was imported before. `refused`: it
 * cannot be read.
 */
export const importStates = [
  ...(['receiving', 'reading', 'checking', 'checked', 'importing'] as const),
  ...(['completed', 'repeated', 'refused', 'cancelled'] as const),
] as const;
export type ImportState = (typeof importStates)[number];

/**
 * The outcome of a row. `new`: nobody has it. `changed`: a known person gets something from it. `unchanged`: a known person has all of it.
 * `asked`: a person has to decide whether it is somebody known. `repeated`: an earlier row of the file is the same person. `unreadable`: it is
 * not imported.
 */
export const importOutcomes = ['new', 'changed', 'unchanged', 'asked', 'repeated', 'unreadable'] as const;
export type ImportOutcome = (typeof importOutcomes)[number];

/** Which state follows which. */
const steps: readonly { from: ImportState; to: ImportState }[] = [
  { from: 'receiving', to: 'reading' },
  { from: 'reading', to: 'checking' },
  { from: 'reading', to: 'importing' },
  { from: 'reading', to: 'repeated' },
  { from: 'reading', to: 'refused' },
  { from: 'checking', to: 'checked' },
  { from: 'checked', to: 'importing' },
  { from: 'importing', to: 'completed' },
  ...(['receiving', 'reading', 'checking', 'checked', 'importing'] as const).map((from) => ({ from, to: 'cancelled' as const })),
];

/** The states that may become `to`. */
export function statesBefore(to: ImportState): ImportState[] {
  return steps.filter((step) => step.to === to).map(({ from }) => from);
}

/** No state follows. */
export function isFinal(state: ImportState): boolean {
  return steps.every(({ from }) => from !== state);
}

/** A workflow is dealing with the import. */
export function isUnderWay(state: ImportState): boolean {
  return state === 'reading' || state === 'checking' || state === 'importing';
}
