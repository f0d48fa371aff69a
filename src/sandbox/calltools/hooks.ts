import type { Webhooks } from '#sandbox/core/webhooks.ts';
import type { HookSubscription } from './rows.ts';
import type { Table } from './table.ts';

/**
 * Models with subscriptions, as listed on developers.calltools.com/webhooks. Only the spelling `Call` has been seen; that of the others is
 * an assumption.
 */
export const hookModels = [
  'Contact',
  'HistoricalCallDisposition',
  'HistoricalContactDisposition',
  'Call',
  'Goal',
  'CalendarEvent',
  'Opportunity',
  'ContactTag',
  'SMS',
  'Note',
  'Case',
  'ConnectorButtonClick',
  'PhoneNumber',
  'EmailAddress',
] as const;
export type HookModel = (typeof hookModels)[number];

export interface Hooks {
  /** Sends `show()` to the subscribers of the model. Changes and deletes have no hook. */
  created(model: HookModel, show: () => unknown): void;
  /** Deliveries without a 2xx, the oldest first. */
  failures(): HookFailure[];
}

export interface HookFailure {
  model: string;
  url: string;
  status: number | null;
  error: string;
  at: string;
}

/** Bodies equal the GET of the object. There is no signature: receivers rely on a secret in their URL. */
export function createHooks(subscriptions: Table<HookSubscription>, webhooks: Webhooks): Hooks {
  return {
    created(model, show) {
      const targets = [...subscriptions.rows()].filter((each) => each.model === model).map((each) => each.url);
      if (targets.length === 0) return;
      const headers = () => ({ 'content-type': 'application/json' });
      webhooks.send({ event: model, body: JSON.stringify(show()), headers, targets });
    },
    failures: () =>
      webhooks
        .attempts()
        .filter(isFailure)
        .map(({ event, url, status, error, at }) => {
          return { model: event, url, status, error: error ?? `The target answered ${status}.`, at };
        }),
  };
}

function isFailure({ status }: { status: number | null }): boolean {
  return status === null || status < 200 || status > 299;
}
