import { Command, Option } from 'commander';
import { type ApiOptions, callApi, withApi } from '#cli/call-api.ts';
import { type DecisionResult, printDecision } from './merges.ts';

interface ListOptions extends ApiOptions {
  state: string;
  minScore?: string;
  maxScore?: string;
  account?: string;
  limit?: string;
  cursor?: string;
}

interface Side {
  contactId: string;
  fields: Record<'givenName' | 'middleName' | 'familyName' | 'nameSuffix' | 'company', string | null> & {
    emails: { address: string }[];
    phones: { raw: string }[];
  };
  records: { provider: string; externalId: string | null; state: string }[];
}

/** Candidates of older versions have other evidence. */
interface EvidenceShown {
  parts?: { says: string; points: number }[];
  reasons?: string[];
}

interface Candidates {
  candidates: { id: string; state: string; score: number | null; evidence: EvidenceShown; sides: Side[]; differs: string[] }[];
  next: string | null;
}

/** `accord candidates` */
export function candidatesCommand(): Command {
  const candidates = withApi(new Command('candidates'))
    .description('list contacts that may be one person, and decide about them')
    .addOption(
      new Option('--state <state>', 'state of the candidates').choices(['open', 'later', 'same', 'different']).default('open'),
    )
    .option('--min-score <points>', 'only candidates with at least this score')
    .option('--max-score <points>', 'only candidates with at most this score')
    .option('--account <account>', 'only candidates with a record at this account')
    .option('--limit <count>', 'size of a page')
    .option('--cursor <cursor>', 'the next page')
    .action(list);
  for (const [decision, description] of Object.entries(decisions)) {
    candidates.addCommand(
      withApi(new Command(decision))
        .description(description)
        .argument('<candidate>', 'id of the candidate')
        .option('--dry-run', 'change nothing, and show the writes to providers')
        .action(async (id: string, _: object, command: Command) => {
          const options = command.optsWithGlobals<ApiOptions & { dryRun?: boolean }>();
          const query = { preview: options.dryRun ? 'true' : undefined };
          const path = `/api/v1/candidates/${encodeURIComponent(id)}/${decision}`;
          printDecision(await callApi<DecisionResult>(options, { method: 'POST', path, query }), options);
        }),
    );
  }
  return candidates;
}

const decisions = {
  accept: 'merge the two contacts',
  reject: 'the two are different people',
  later: 'put the decision off',
};

async function list(options: ListOptions): Promise<void> {
  const { state, minScore, maxScore, account: provider, limit, cursor } = options;
  const query = { state, minScore, maxScore, provider, limit, cursor };
  const page = await callApi<Candidates>(options, { method: 'GET', path: '/api/v1/candidates', query });
  if (options.json) {
    console.log(JSON.stringify(page, null, 2));
    return;
  }
  for (const { id, score, evidence, sides, differs } of page.candidates) {
    const facts = [
      ...(score === null ? [] : [`score ${score}`]),
      ...(differs.length > 0 ? [`differs in ${differs.join(', ')}`] : []),
    ];
    console.log([id, ...facts].join('  '));
    for (const side of sides) console.log(`  ${describe(side)}`);
    for (const line of explain(evidence)) console.log(`  ${line}`);
    console.log('');
  }
  if (page.candidates.length === 0) console.log('no candidates');
  if (page.next !== null) console.log(`more: --cursor ${page.next}`);
}

function describe({ contactId, fields, records }: Side): string {
  const { givenName, middleName, familyName, nameSuffix, company, emails, phones } = fields;
  const name = [givenName, middleName, familyName, nameSuffix].filter((part) => part !== null).join(' ');
  const keys = [...emails.map(({ address }) => address), ...phones.map(({ raw }) => raw)];
  const live = records.filter(({ state }) => state === 'linked').map(({ provider, externalId }) => `${provider}:${externalId}`);
  return [contactId, name || company || '(no name)', ...keys, ...live].join('  ');
}

/** The evidence in words: points for one person, and the reason against merging. */
function explain(evidence: EvidenceShown): string[] {
  const { parts, reasons = [] } = evidence;
  if (parts === undefined) return [JSON.stringify(evidence)];
  const points = parts.map(({ says, points }) => `${says} ${points < 0 ? '−' : '+'}${Math.abs(points)}`);
  return [points.join(', '), ...reasons.map((reason) => `asked because ${reason}`)].filter((line) => line !== '');
}
