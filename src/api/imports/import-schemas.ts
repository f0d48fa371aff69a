import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { timeOf } from '#api/rest/page.ts';
import { webUiLink } from '#api/web-ui.ts';
import { fileFormats } from '#contact-files/file-row.ts';
import type { ContactImport } from '#db/imports/imports.ts';
import type { ImportRow } from '#db/imports/rows.ts';
import { importOutcomes, importStates } from '#domain/import.ts';
import { importWorkflowId } from '#workflows/ids.ts';

/** A part is stored within the time that one request may take, on a slow line as well. */
export const partBytes = 1_048_576;

const outcomes = z
  .object(
    Object.fromEntries(importOutcomes.map((outcome) => [outcome, z.int()])) as Record<(typeof importOutcomes)[number], z.ZodInt>,
  )
  .meta({
    id: 'ImportOutcomes',
    description:
      'Rows by outcome. `new`: makes a contact. `changed`: adds values to a contact. `unchanged`: a contact has all of its values. `asked`: ' +
      'somebody decides whether a contact is the same person. `repeated`: an earlier row of the file is the same person. `unreadable`: is ' +
      'not imported.',
  });

export const shownImport = z
  .object({
    id: z.uuid(),
    fileName: z.string(),
    isDryRun: z.boolean(),
    state: z.enum(importStates).meta({
      description:
        '`receiving`: parts of the file are missing. `reading`, `checking`, `importing`: in progress. `checked`: the dry run has ended, and ' +
        '`POST /api/v1/imports/{id}/start` imports the file. `repeated`: the file was imported before. `refused`: it cannot be read.',
    }),
    format: z.enum(fileFormats).nullable().meta({ description: 'How the file was recognised; null before it was read.' }),
    error: z.string().nullable().meta({ description: 'Why the file cannot be imported, and the remedy.' }),
    repeatsId: z.uuid().nullable().meta({ description: 'The earlier import of the same file.' }),
    rows: z.int(),
    problems: z.int().meta({ description: 'Rows with values that are not imported: see `/problems`.' }),
    done: z.int().meta({ description: 'Rows that the current phase has processed.' }),
    checked: outcomes.meta({ description: 'The outcomes of the dry run.' }),
    imported: outcomes.meta({ description: 'The outcomes of the import.' }),
    areRowsKept: z
      .boolean()
      .meta({ description: 'False once the rows are removed: a file that was only checked must be sent again.' }),
    actor: z.string(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    webUi: z.string().nullable(),
  })
  .meta({ id: 'ContactImport' });

export function showImport(
  deps: ApiDeps,
  run: ContactImport,
  { areRowsKept }: { areRowsKept: boolean },
): z.input<typeof shownImport> {
  const {
    id,
    file_name: fileName,
    is_dry_run: isDryRun,
    state,
    format,
    error,
    repeats_id: repeatsId,
    counts,
    position,
    actor,
  } = run;
  return {
    ...{ id, fileName, isDryRun, state, error, repeatsId, actor },
    format: fileFormats.find((each) => each === format) ?? null,
    ...{ rows: counts.rows, problems: counts.problems, done: position },
    checked: toOutcomes(counts.checked),
    imported: toOutcomes(counts.imported),
    areRowsKept,
    createdAt: run.created_at.toISOString(),
    finishedAt: timeOf(run.finished_at),
    webUi: webUiLink(deps, importWorkflowId(id)),
  };
}

function toOutcomes(counts: Partial<Record<(typeof importOutcomes)[number], number>>): z.input<typeof outcomes> {
  const { new: isNew = 0, changed = 0, unchanged = 0, asked = 0, repeated = 0, unreadable = 0 } = counts;
  return { new: isNew, changed, unchanged, asked, repeated, unreadable };
}

export const shownRow = z
  .object({
    line: z.int(),
    outcome: z.enum(importOutcomes).nullable().meta({ description: 'Null before the row was checked or imported.' }),
    name: z.string().nullable(),
    emails: z.array(z.string()),
    phones: z.array(z.string()),
    contactId: z.uuid().nullable().meta({ description: 'The contact that the row matches, may match, or was imported into.' }),
    changes: z.array(z.string()).meta({ description: 'The fields of the contact that get values.' }),
    problems: z.array(
      z.object({
        column: z.string().nullable().meta({ description: 'Null for the whole row.' }),
        message: z.string().meta({ description: 'The part that is not imported, and the remedy.' }),
      }),
    ),
  })
  .meta({ id: 'ImportRow' });

export function showRow({
  line,
  checked,
  imported,
  values,
  contact_id: contactId,
  changes,
  problems,
}: ImportRow): z.input<typeof shownRow> {
  const { givenName, middleName, familyName, nameSuffix, company, emails = [], phones = [] } = values ?? {};
  const name = [givenName, middleName, familyName, nameSuffix].filter(Boolean).join(' ') || company || null;
  return {
    ...{ line, outcome: imported ?? checked, name, contactId, changes: changes ?? [], problems },
    emails: emails.map(({ address }) => address),
    phones: phones.map(({ e164, raw }) => e164 ?? raw),
  };
}
