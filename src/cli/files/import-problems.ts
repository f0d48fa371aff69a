import { Command } from 'commander';
import { type ApiOptions, callApi, requestApi, withApi } from '#cli/call-api.ts';
import { showLine } from '#cli/screen.ts';
import { saveResponse } from './save-response.ts';

interface ProblemOptions extends ApiOptions {
  output?: string;
}

interface Row {
  line: number;
  problems: { column: string | null; message: string }[];
}

/** `accord import-problems` */
export function importProblemsCommand(): Command {
  return withApi(new Command('import-problems'))
    .description('print the rows of a file that could not be imported, or not completely, and why')
    .argument('<import>', 'id of the import, as accord import prints it')
    .option('--output <file>', 'write these rows to a CSV file instead: correct it, and import it')
    .action(async (id: string, { output, ...options }: ProblemOptions) => {
      const path = `/api/v1/imports/${encodeURIComponent(id)}`;
      if (output !== undefined)
        return saveResponse(await requestApi(options, { method: 'GET', path: `${path}/problems`, isFile: true }), output);
      for (let cursor: string | null = '0'; cursor !== null; ) {
        const query: Record<string, string> = { filter: 'problem', cursor, limit: '200' };
        const page: { rows: Row[]; next: string | null } = await callApi(options, { method: 'GET', path: `${path}/rows`, query });
        if (options.json) for (const row of page.rows) showLine(JSON.stringify(row));
        else for (const row of page.rows) showRow(row);
        cursor = page.next;
      }
    });
}

function showRow({ line, problems }: Row): void {
  for (const { column, message } of problems) showLine(`line ${line}${column === null ? '' : `, ${column}`}: ${message}`);
}
