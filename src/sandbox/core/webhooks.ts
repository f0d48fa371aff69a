import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from './clock.ts';
import type { Attempt, Deliveries, Delivery } from './deliveries.ts';

/** `true`: every one. A number: the next so many, counted down. */
const countSchema = z.union([z.boolean(), z.number().int().min(0)]);

/** Where webhooks go, and what goes wrong on their way. */
export const webhookControlSchema = z.strictObject({
  /** Each gets every event; none: nothing is sent. */
  targets: z.array(z.url()),
  /** Lost without a trace, never retried. */
  drop: countSchema,
  /** Sent twice, same bytes. */
  duplicate: countSchema,
  /** On the sandbox's clock. */
  delayMs: z.number().min(0),
  /** Group size: so many are held back, then sent one after the other in reverse order; 0 is off. */
  reorder: z.number().int().min(0),
});
export type WebhookControl = z.output<typeof webhookControlSchema>;

export interface WebhookEvent {
  /** The vendor's name of the event, for people who read the list of attempts. */
  event: string;
  body: string;
  /** Content type, signature and the like; called once for each target. */
  headers(url: string): Record<string, string>;
  /** Where it goes when the vendor's own API keeps the subscriptions; else to all of `control.targets`. */
  targets?: readonly string[];
}

export interface Webhooks {
  send(event: WebhookEvent): void;
  control(): WebhookControl;
  change(patch: Partial<WebhookControl>): void;
  /** Deliveries that are under way, or wait for a retry, a delay or their group. */
  pending(): Delivery[];
  /** The newest 1,000 attempts, oldest first. */
  attempts(): Attempt[];
  /** Resolves when nothing is under way; what waits for the clock or its group does not count. */
  idle(): Promise<void>;
  reset(): void;
}

interface Options {
  clock: Clock;
  deliveries: Deliveries;
  targets: string[];
}

const noFaults = { drop: 0, duplicate: 0, delayMs: 0, reorder: 0 } as const;

/** What a vendor's webhook sender is to its routes: `send` returns at once, delivery and its accidents come after. */
export function createWebhooks({ clock, deliveries, targets }: Options): Webhooks {
  let control: WebhookControl = { targets, ...noFaults };
  let group: Delivery[] = [];

  function accept(event: WebhookEvent, url: string): void {
    if (takeOne('drop')) return;
    const copies = takeOne('duplicate') ? 2 : 1;
    const common = { event: event.event, url, headers: event.headers(url), body: event.body, attempts: 0 };
    for (let copy = 0; copy < copies; copy += 1) {
      const delivery = { ...common, id: randomUUID(), dueAt: clock.now() + control.delayMs };
      if (control.reorder > 1) joinGroup(delivery);
      else deliveries.enqueue(delivery);
    }
  }

  function takeOne(fault: 'drop' | 'duplicate'): boolean {
    const left = control[fault];
    if (typeof left === 'boolean') return left;
    if (left > 0) control = { ...control, [fault]: left - 1 };
    return left > 0;
  }

  function joinGroup(delivery: Delivery): void {
    deliveries.hold(delivery);
    group.push(delivery);
    if (group.length >= control.reorder) releaseGroup();
  }

  function releaseGroup(): void {
    deliveries.sendInTurn(group.toReversed());
    group = [];
  }

  return {
    send(event) {
      for (const url of event.targets ?? control.targets) accept(event, url);
    },
    control: () => control,
    change(patch) {
      control = { ...control, ...patch };
      if (group.length > 0 && group.length >= control.reorder) releaseGroup();
    },
    pending: deliveries.pending,
    attempts: deliveries.attempts,
    idle: deliveries.idle,
    reset() {
      control = { targets, ...noFaults };
      group = [];
      deliveries.forgetAttempts();
    },
  };
}
