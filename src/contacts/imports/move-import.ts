import type { Database } from '#db/database.ts';
import { type ImportFacts, saveImportState } from '#db/imports/imports.ts';
import { type ImportState, isFinal, statesBefore } from '#domain/import.ts';

/**
 * Moves an import to the next state, and its position to the beginning. False when its present state does not lead there, for example
 * because a person cancelled it.
 */
export function moveImport(db: Database, id: string, to: ImportState, facts: ImportFacts = {}): Promise<boolean> {
  return saveImportState(db, id, { from: statesBefore(to), to, isFinal: isFinal(to), facts });
}
