import { Command } from 'commander';
import { type ApiOptions, callApi, withApi } from '#cli/call-api.ts';
import { getContactId, whoHelp } from '#cli/contacts/find-contact.ts';
import { type RefusalLeft, showRefusalsLeft, showWrites, type Write } from '#cli/contacts/show-writes.ts';
import { CommandError, exitCodes } from '#cli/exit-codes.ts';
import { showLine, toCell, toMinute } from '#cli/screen.ts';

interface Options extends ApiOptions {
  deny?: string[] | true;
  lift?: string[] | true;
  reason?: string;
  wording?: string;
  dryRun?: boolean;
}

interface Refuser {
  via: string;
  provider: string | null;
  key: { kind: string; value: string } | null;
}

interface Consent {
  channels: { channel: string; isDenied: boolean; by: Refuser[] }[];
  evidence: {
    at: string;
    channel: string;
    decision: string;
    via: string;
    actor: string;
    key: { value: string } | null;
    reason: string | null;
    wording: string | null;
  }[];
}

interface Decided {
  isChanged: boolean;
  preview: boolean;
  writes: Write[];
  refusalsLeft: RefusalLeft[];
  sync: string | null;
}

/** `accord consent` */
export function consentCommand(): Command {
  return withApi(new Command('consent'))
    .description('show whether a contact may be called, texted and emailed, who refused and the evidence; or deny and lift that')
    .argument('<who...>', whoHelp)
    .option('--deny [channels...]', 'do not contact: call, sms, email, else all')
    .option('--lift [channels...]', 'may be contacted again, for a --reason')
    .option('--reason <text>', 'why, kept as evidence')
    .option('--wording <text>', 'what the person said, kept as evidence')
    .option('--dry-run', 'change nothing, and show the writes to providers')
    .action(consent);
}

async function consent(words: string[], options: Options): Promise<void> {
  const { deny, lift } = options;
  if (deny !== undefined && lift !== undefined) throw new CommandError('Use either --deny or --lift.', exitCodes.usage);
  const id = await getContactId(options, words.join(' '));
  const path = `/api/v1/contacts/${encodeURIComponent(id)}`;
  const chosen = deny ?? lift;
  if (chosen === undefined) {
    const contact = await callApi<{ consent: Consent }>(options, { method: 'GET', path });
    return options.json ? showLine(JSON.stringify(contact.consent, null, 2)) : showConsent(contact.consent);
  }
  const { reason, wording } = options;
  const body = { decision: deny === undefined ? 'lift' : 'deny', reason, wording, ...(chosen !== true && { channels: chosen }) };
  const query = { preview: options.dryRun ? 'true' : undefined };
  const decided = await callApi<Decided>(options, { method: 'POST', path: `${path}/consent`, query, body });
  if (options.json) showLine(JSON.stringify(decided, null, 2));
  else showDecided(decided);
}

function showConsent({ channels, evidence }: Consent): void {
  for (const { channel, isDenied, by } of channels) {
    const who = by.map(({ via, provider, key }) => [provider ?? via, key?.value].filter(Boolean).join(' ')).join(', ');
    showLine(`  ${isDenied ? '✘' : '✔'} ${channel}${isDenied ? `: refused by ${who}` : ''}`);
  }
  if (evidence.length > 0) showLine('');
  for (const { at, channel, decision, via, actor, key, reason, wording } of evidence) {
    const said = [reason, wording === null ? null : `“${wording}”`]
      .filter((text) => text !== null)
      .map((text) => toCell(text, 60));
    const of = key === null ? '' : ` of ${key.value}`;
    showLine(`  ${toMinute(at)}  ${channel} ${decision}${of} by ${via}, ${actor}  ${said.join(' ')}`.trimEnd());
  }
}

function showDecided({ isChanged, preview, writes, refusalsLeft, sync }: Decided): void {
  showLine(preview ? 'dry run, nothing was changed' : isChanged ? `done, sync ${sync}` : 'nothing to change');
  showWrites(writes);
  showRefusalsLeft(refusalsLeft);
}
