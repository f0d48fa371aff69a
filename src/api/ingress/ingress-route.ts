import type { Request } from 'express';
import type { ApiDeps } from '#api/deps.ts';
import { type ApiProblem, toProblem } from '#api/rest/errors.ts';
import { maxPerSecond } from '#concurrency/max-per-second.ts';
import type { DirtyLink } from '#db/contacts/dirty-links.ts';
import type { RefusalLog } from './refusals.ts';

/** The result of storing a webhook or a submission. */
export interface Receipt {
  /**
   * `duplicate`: all of it was stored before. `echo`: it is about a version of the record that is merged already, mostly our own write.
   * `ignored`: genuine, but it carries nothing for us.
   */
  outcome: 'queued' | 'duplicate' | 'echo' | 'ignored';
  /** Links whose workflow does not know of the change yet. */
  changes: readonly DirtyLink[];
}

/** The three ways in which a request to an ingress route ends. */
export interface IngressRoute {
  /**
   * Call after the answer is sent: counts it for the account and hands the changes to the dispatcher. The sender never waits for
   * Temporal.
   */
  finish(receipt: Receipt, context: { account: string; startedAt: number }): void;
  /** Counts a refusal and keeps it in the refusal log, without anything of the body. */
  refuse(req: Pick<Request, 'ip'>, refusal: { status: number; code: string; reason: string }): void;
  /** Counts and logs a thrown error. Returns the problem to answer: for a fault of ours, `unavailable`. */
  fail(req: Pick<Request, 'ip'>, error: unknown): ApiProblem;
}

export interface IngressRouteOptions {
  /** Stands for the route in logs, metrics and the refusal log. */
  name: string;
  /** Makes the sender try again later. Nothing is lost by a fault of ours. */
  unavailable: ApiProblem;
}

/** Shared by the webhook routes of vendors and by web forms. Metric labels are resolved once, not for each request. */
export function createIngressRoute(
  { dispatcher, metrics, log }: Pick<ApiDeps, 'dispatcher' | 'metrics' | 'log'>,
  refusals: RefusalLog,
  { name: route, unavailable }: IngressRouteOptions,
): IngressRoute {
  const ofAccounts = new Map<string, Record<Receipt['outcome'], { inc(): void }>>();
  // The addressee of a refused request is unknown.
  const unattributed = {
    refused: metrics.webhooks.labels('', route, 'refused'),
    unavailable: metrics.webhooks.labels('', route, 'unavailable'),
  };
  const ack = metrics.ackSeconds.labels(route);
  const mayLog = maxPerSecond(1);

  function countersOf(account: string) {
    const counters = ofAccounts.get(account) ?? {
      queued: metrics.webhooks.labels(account, route, 'queued'),
      duplicate: metrics.webhooks.labels(account, route, 'duplicate'),
      echo: metrics.webhooks.labels(account, route, 'echo'),
      ignored: metrics.webhooks.labels(account, route, 'ignored'),
    };
    ofAccounts.set(account, counters);
    return counters;
  }

  function finish({ outcome, changes }: Receipt, { account, startedAt }: { account: string; startedAt: number }): void {
    countersOf(account)[outcome].inc();
    metrics.lastWebhook.setToCurrentTime({ account });
    ack.observe((performance.now() - startedAt) / 1_000);
    for (const change of changes) dispatcher.offer(change);
    log.debug({ account, route, outcome, contactId: changes[0]?.contactId }, 'ingress stored a request');
  }

  function refuse(req: Pick<Request, 'ip'>, refusal: { status: number; code: string; reason: string }): void {
    unattributed.refused.inc();
    refusals.add({ route, ...refusal, remoteAddress: req.ip ?? null });
  }

  function fail(req: Pick<Request, 'ip'>, error: unknown): ApiProblem {
    const problem = toProblem(error);
    if (problem.status < 500) {
      const { status, code, message: reason } = problem;
      refuse(req, { status, code, reason });
      return problem;
    }
    unattributed.unavailable.inc();
    if (mayLog()) log.error({ err: error, route }, 'ingress cannot store requests');
    return unavailable;
  }

  return { finish, refuse, fail };
}
