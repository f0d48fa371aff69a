import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from './clock.ts';
import type { Attempt, Deliveries, Delivery } from './deliveries.ts';

/** `true` for every webhook; a number for that many of the next ones. */
const countSchema = z.union([z.boolean(), z.number().int().min(0)]);

/** The targets of webhooks, and the faults of their delivery. */
export const webhookControlSchema = z.strictObject({
  /** Each target receives every event. Without targets nothing is sent. */
  targets: z.array(z.url()),
  /** Loses webhooks without a retry. */
  drop: countSchema,
  /** Sends webhooks twice with the same bytes. */
  duplicate: countSchema,
  /** Delays webhooks by milliseconds of the sandbox's clock. */
  delayMs: z.number().min(0),
  /** Holds back a group of this size and sends it in reverse order, one after the other. 0 is off. */
  reorder: z.number().int().min(0),
});
export type WebhookControl = z.output<typeof webhookControlSchema>;

export interface WebhookEvent {
  /** The vendor's name of the event, for the list of attempts. */
  event: string;
  body: string;
  /** Content type, signature and other headers. Called once for each target. */
  headers(url: string): Record<string, string>;
  /** Targets of a vendor whose own API keeps the subscriptions; `control.targets` when absent. */
  targets?: readonly string[];
}

export interface Webhooks {
  send(event: WebhookEvent): void;
  control(): WebhookControl;
  change(patch: Partial<WebhookControl>): void;
  /** Deliveries in flight, or waiting for a retry, a delay or their group. */
  pending(): Delivery[];
  /** The newest 1,000 attempts, oldest first. */
  attempts(): Attempt[];
  /** Resolves when no request is in flight. Deliveries that wait for the clock or their group do not count. */
  idle(): Promise<void>;
  reset(): void;
}

interface Options {
  clock: Clock;
  deliveries: Deliveries;
  targets: string[];
}

const noFaults = { drop: 0, duplicate: 0, delayMs: 0, reorder: 0 } as const;

/** The webhook sender of one sandbox. `send` returns at once; the delivery, with its faults, follows. */
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
