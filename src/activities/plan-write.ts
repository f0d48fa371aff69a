import { lockContact } from '../db/contacts.ts';
import { claimKeys, insertIntent, type Link, takeLease } from '../db/links.ts';
import { openAttempt } from '../db/write-attempts.ts';
import type { ProviderValues } from '../domain/contact.ts';
import { applyPatch } from '../domain/patch.ts';
import type { Step } from '../domain/plan.ts';
import type { ActivityDeps, ConnectedProvider } from './deps.ts';
import { RecordBusyError } from './failures.ts';
import { settleStanding } from './standing.ts';

/** Longer than one activity may run: while it lasts, nobody else writes to the record. */
const leaseSeconds = 45;

export interface PlannedWrite {
  contactId: string;
  connected: ConnectedProvider;
  link: Link;
  step: Exclude<Step, { kind: 'nothing' }>;
  attemptId: string;
  cause: string;
}

/** Decides and writes down what will be sent, in one transaction, before anything is sent. */
export function planWrite(
  deps: ActivityDeps,
  { contactId, connected, cause, owner }: { contactId: string; connected: ConnectedProvider; cause: string; owner: string },
): Promise<PlannedWrite | null> {
  const { provider, client } = connected;
  return deps.db.transaction().execute(async (tx) => {
    const contact = await lockContact(tx, contactId);
    const target = (await settleStanding(tx, deps, contact)).find((standing) => standing.provider === provider.id);
    if (!target || target.step.kind === 'nothing') return null;
    const { step } = target;
    const link =
      step.kind === 'create' && target.known.state === 'none'
        ? await insertIntent(tx, {
            contactId,
            provider: provider.id,
            accountId: client.accountId,
            generation: (target.link?.generation ?? 0) + 1,
            payload: applyPatch(null, step.patch),
          })
        : (target.link as Link);
    const free = step.kind === 'update' || (await claimKeys(tx, link, phonesOf(link.intent_payload)));
    if (!free || !(await takeLease(tx, link.id, owner, leaseSeconds)))
      throw new RecordBusyError(`Another writer is at ${link.id}`);
    const attemptId = await openAttempt(tx, {
      linkId: link.id,
      operation: step.kind,
      patch: step.patch,
      baseVersion: link.version,
      cause,
    });
    return { contactId, connected, link, step, attemptId, cause };
  });
}

/** By a phone number the provider might fold two people who are created at the same time into one record. */
function phonesOf(payload: ProviderValues | null): string[] {
  return (payload?.phones ?? []).flatMap(({ e164 }) => e164 ?? []);
}
