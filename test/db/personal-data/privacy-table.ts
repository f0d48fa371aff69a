import { type PersonalTable, personalTables } from '#db/personal-data/personal-tables.ts';

const ends: Record<PersonalTable['erasure']['kind'], string> = {
  deleted: 'deleted at once',
  'deleted-last': 'deleted when the vendors are done',
  emptied: 'emptied at once; the row stays',
  expires: 'ends by itself',
};

/** The table of docs/privacy.md. */
export function toPrivacyTable(): string {
  const rows = personalTables.map(
    ({ table, holds, kept, erasure }) => `| \`${table}\` | ${holds} | ${kept} | ${ends[erasure.kind]} |`,
  );
  return ['| table | what it holds | how long | in an erasure |', '|---|---|---|---|', ...rows].join('\n');
}
