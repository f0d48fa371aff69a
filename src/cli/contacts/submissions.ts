import { Command } from 'commander';
import { type ApiOptions, callApi, withApi } from '#cli/call-api.ts';
import { showColumns, showLine, toCell, toSecond } from '#cli/screen.ts';
import { toText } from './to-text.ts';

interface Submission {
  id: string;
  form: string;
  receivedAt: string;
  contactId: string | null;
  contactName: string | null;
  state: string;
  message: string | null;
}

interface Details extends Submission {
  values: Record<string, unknown>;
  pending: { field: string; after: unknown }[];
  notes: { provider: string; state: string; error: string | null }[];
  event: { deliveries: { endpointId: string; state: string }[] } | null;
}

interface ListOptions extends ApiOptions {
  form?: string;
  waiting?: boolean;
  limit?: string;
  cursor?: string;
}

const root = '/api/v1/form-submissions';

/** `accord submissions` */
export function submissionsCommand(): Command {
  const submissions = withApi(new Command('submissions'))
    .description('list form submissions, show where one went, and accept those that wait for proof')
    .argument('[submission]', 'id of one submission')
    .option('--form <name>', 'only submissions of this form')
    .option('--waiting', 'only those whose changes wait for proof of the sender')
    .option('--limit <count>', 'size of a page')
    .option('--cursor <cursor>', 'the next page')
    .action((id: string | undefined, options: ListOptions) => (id === undefined ? list(options) : show(id, options)));
  submissions.addCommand(
    withApi(new Command('accept'))
      .description('accept the changes of a submission that waits for proof')
      .argument('<submission>', 'id of the submission')
      .action(async (id: string, _: object, command: Command) => {
        const options = command.optsWithGlobals<ApiOptions>();
        const accepted = await callApi<{ sync: string }>(options, { method: 'POST', path: `${pathOf(id)}/accept` });
        showLine(options.json ? JSON.stringify(accepted, null, 2) : `accepted, sync ${accepted.sync}`);
      }),
  );
  return submissions;
}

const pathOf = (id: string): string => `${root}/${encodeURIComponent(id)}`;

async function list({ form, waiting, limit, cursor, ...options }: ListOptions): Promise<void> {
  const query = { form, limit, cursor, waiting: waiting ? 'true' : undefined };
  const page = await callApi<{ submissions: Submission[]; next: string | null }>(options, { method: 'GET', path: root, query });
  if (options.json) return showLine(JSON.stringify(page, null, 2));
  if (page.submissions.length === 0) return showLine('no submissions');
  const toRow = ({ id, receivedAt, form, state, contactName, message }: Submission) => [
    ...[toSecond(receivedAt), id, form, state, toCell(contactName ?? ''), toCell(message ?? '')],
  ];
  showColumns(['received', 'id', 'form', 'state', 'contact', 'message'], page.submissions.map(toRow));
  if (page.next !== null) showLine(`more: --cursor ${page.next}`);
}

async function show(id: string, options: ApiOptions): Promise<void> {
  const submission = await callApi<Details>(options, { method: 'GET', path: pathOf(id) });
  if (options.json) return showLine(JSON.stringify(submission, null, 2));
  const { form, receivedAt, state, contactId, contactName, values, pending, notes, event } = submission;
  showLine(`  ${toSecond(receivedAt)}  form ${form}  ${state}`);
  if (contactId !== null) showLine(`  contact   ${toCell(contactName ?? '')}  ${contactId}`);
  for (const [field, value] of Object.entries(values)) showLine(`  value     ${field}: ${toCell(toText(value), 80)}`);
  for (const { field, after } of pending) showLine(`  waits     ${field}: ${toCell(toText(after), 80)}`);
  for (const note of notes)
    showLine(`  note      ${note.state} at ${note.provider}${note.error === null ? '' : `: ${note.error}`}`);
  for (const delivery of event?.deliveries ?? []) showLine(`  delivery  ${delivery.state} to ${delivery.endpointId}`);
}
