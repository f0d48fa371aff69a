import { moveImport } from '#contacts/imports/move-import.ts';
import { insertImport } from '#db/imports/imports.ts';
import { savePart } from '#db/imports/parts.ts';
import { startImport } from '#temporal.ts';
import type { Accord } from '#test/setup/accord.ts';
import { importWorkflowId } from '#workflows/ids.ts';
import { recordedPeople } from './recorded-people.ts';
import { lastRun, type Recording, type Run } from './recording.ts';

const options = { providers: ['square'], audiences: [] };

/** The imports that `record-histories.ts` records. */
export const importRecordings: Recording[] = [
  { name: 'import-checked', options, record: async (accord) => [await importFile(accord, crowd(3), { isDryRun: true })] },
  { name: 'import-completed', options, record: async (accord) => [await importFile(accord, crowd(250))] },
  { name: 'import-refused', options, record: async (accord) => [await importFile(accord, 'Vorname\n')] },
];

const mapping = { columns: { Given: 'givenName', Family: 'familyName', Mail: 'email' } };

/** More than 200 are imported in several steps, and pushed meanwhile. */
function crowd(count: number): string {
  const [{ firstName, lastName }] = recordedPeople as [(typeof recordedPeople)[number]];
  const lines = Array.from({ length: count }, (_, at) => `${firstName},${lastName},z${at}@quillfeather.example\n`);
  return `Given,Family,Mail\n${lines.join('')}`;
}

async function importFile(accord: Accord, file: string, { isDryRun = false } = {}): Promise<Run> {
  const { db, temporal, taskQueuePrefix } = accord;
  const { id } = await insertImport(db, { fileName: 'people.csv', region: 'US', mapping, isDryRun, actor: 'recording' });
  await savePart(db, { importId: id, number: 1, bytes: Buffer.from(file) });
  await moveImport(db, id, 'reading');
  await startImport(temporal, { importId: id, taskQueuePrefix });
  return lastRun(accord, importWorkflowId(id));
}
