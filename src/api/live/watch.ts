import { setTimeout as delay } from 'node:timers/promises';
import type { SandboxLink } from '#api/deps.ts';
import { readPeople, type SandboxPerson } from './sandbox-people.ts';

/** A person as one sandbox holds them since `at`; null where it holds nobody with the email address. */
export interface Sighting {
  sandbox: string;
  email: string;
  person: SandboxPerson | null;
  /** Milliseconds since 1970, by the clock of the api. */
  at: number;
}

export interface WatchOptions {
  sandboxes: readonly SandboxLink[];
  emails: readonly string[];
  /** Those that were edited a moment ago: they are looked at without a break. */
  isHot(email: string): boolean;
  isOver(): boolean;
  onSighting(sighting: Sighting): void;
}

/** The error of the times that the page shows. */
const everyMs = 15;
/** For edits that were not made in the page. */
const idleRounds = 100;

/** Looks at some people in all sandboxes until it is over, and reports each one that has changed. */
export async function watchPeople({ sandboxes, emails, isHot, isOver, onSighting }: WatchOptions): Promise<void> {
  const last = new Map<string, string>();
  for (let round = 0; !isOver(); round += 1) {
    const looked = emails.filter((email) => round % idleRounds === 0 || isHot(email));
    await Promise.all(
      looked.flatMap((email) =>
        sandboxes.map(async (sandbox) => {
          // A sandbox that restarts is asked again.
          const found = await readPeople(sandbox, email).catch(() => null);
          if (found === null) return;
          const at = Date.now();
          const key = `${sandbox.id} ${email}`;
          const text = JSON.stringify(found[0] ?? null);
          const before = last.get(key);
          last.set(key, text);
          if (before !== undefined && before !== text) onSighting({ sandbox: sandbox.id, email, person: found[0] ?? null, at });
        }),
      ),
    );
    await delay(everyMs);
  }
}
