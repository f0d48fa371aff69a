import { toRandom } from '#bench/matching/shuffle.ts';
import { type Vendor, type VendorFault, vendorFaults } from './vendor-faults.ts';

/** What people do. `who` chooses one of those who exist at the time. */
export type Act =
  /** Somebody is entered, at a second vendor at the same time, too. */
  | { act: 'enter'; at: Member; also: Member | null; isLead: boolean }
  | { act: 'submit' }
  /** At two vendors at the same time, where two are given. */
  | { act: 'edit'; who: number; field: 'givenName' | 'note'; at: readonly Vendor[] }
  | { act: 'route'; who: number; tag: 'cold lead' | 'active client' | 'customer' }
  | { act: 'label'; who: number }
  | { act: 'refuse'; who: number; at: 'gohighlevel' | 'calltools' }
  /** Somebody is entered twice at one vendor; a later act merges the two records there. */
  | { act: 'double'; at: 'square' | 'google'; number: number }
  | { act: 'merge'; number: number }
  | { act: 'delete'; who: number; at: Member };

/** The accounts that hold everybody. Accord takes over no new records of the dialer, no tags and no deletions. */
export const members = ['gohighlevel', 'square', 'google'] as const;
type Member = (typeof members)[number];

export const parts = ['api', 'worker', 'temporal', 'postgres'] as const;

/** `freeze`: the process stops for some seconds and goes on. `failover`: PostgreSQL cuts its connections and refuses writes meanwhile. */
export interface Kill {
  part: (typeof parts)[number];
  how: 'SIGKILL' | 'SIGTERM' | 'freeze' | 'failover';
}

type Timed<What> = What & { atMs: number };

export interface Schedule {
  acts: Timed<Act>[];
  kills: Timed<Kill>[];
  faults: Timed<VendorFault>[];
}

export const vendors = [...members, 'calltools'] as const;
export const holdersOfNotes = ['square', 'google'] as const;
const holdersOfRefusals = ['gohighlevel', 'calltools'] as const;

const killEveryMs = 8_000;
const faultEveryMs = 1_500;
/** Time for the first people to be entered before the first kill. */
const calmMs = 4_000;

export interface ScheduleOptions {
  seed: number;
  seconds: number;
  actEveryMs?: number;
  /** No part is killed, and no vendor fails. */
  isCalm?: boolean;
}

/** The same options make the same schedule. */
export function drawSchedule({ seed, seconds, actEveryMs = 300, isCalm = false }: ScheduleOptions): Schedule {
  const dice = new Dice(seed);
  const endMs = seconds * 1_000;
  return {
    acts: drawActs(dice, { endMs, actEveryMs }),
    kills: isCalm ? [] : drawKills(dice, endMs),
    faults: isCalm ? [] : drawFaults(dice, endMs),
  };
}

function drawActs(dice: Dice, { endMs, actEveryMs }: { endMs: number; actEveryMs: number }): Timed<Act>[] {
  const acts: Timed<Act>[] = [];
  let doubles = 0;
  for (let atMs = 0; atMs < endMs; atMs += dice.below(2 * actEveryMs)) {
    const act = acts.length < 8 ? drawEntry(dice) : drawAct(dice, () => doubles++);
    acts.push({ ...act, atMs });
    if (act.act === 'double') acts.push({ act: 'merge', number: act.number, atMs: atMs + 1_000 + dice.below(6_000) });
  }
  return acts.toSorted((one, other) => one.atMs - other.atMs);
}

function drawEntry(dice: Dice): Act {
  const at = dice.from(members);
  const others = members.filter((each) => each !== at);
  return { act: 'enter', at, also: dice.below(5) === 0 ? dice.from(others) : null, isLead: dice.below(2) === 0 };
}

function drawAct(dice: Dice, nextDouble: () => number): Act {
  const who = dice.below(1_000_000);
  const dies = dice.below(100);
  if (dies < 18) return drawEntry(dice);
  if (dies < 28) return { act: 'submit' };
  if (dies < 52) return { act: 'edit', who, field: 'givenName', at: [dice.from(vendors)] };
  if (dies < 64) return { act: 'edit', who, field: 'note', at: [dice.from(holdersOfNotes)] };
  if (dies < 72) return { act: 'edit', who, field: 'givenName', at: dice.shuffled(vendors).slice(0, 2) };
  if (dies < 76) return { act: 'edit', who, field: 'note', at: holdersOfNotes };
  if (dies < 86) return { act: 'route', who, tag: dice.from(['cold lead', 'cold lead', 'active client', 'customer']) };
  if (dies < 91) return { act: 'label', who };
  if (dies < 94) return { act: 'refuse', who, at: dice.from(holdersOfRefusals) };
  if (dies < 97) return { act: 'double', at: dice.from(['square', 'google']), number: nextDouble() };
  return { act: 'delete', who, at: dice.from(members) };
}

/** Each part in turn, in an order that changes, so that a short run kills each of them, too. */
function drawKills(dice: Dice, endMs: number): Timed<Kill>[] {
  const kills: Timed<Kill>[] = [];
  let round: Kill['part'][] = [];
  for (let atMs = calmMs; atMs < endMs; atMs += killEveryMs / 2 + dice.below(killEveryMs)) {
    if (round.length === 0) round = dice.shuffled(parts);
    const part = round.pop() as Kill['part'];
    const ways = ['SIGKILL', 'SIGKILL', 'SIGTERM', 'freeze', ...(part === 'postgres' ? ['failover' as const] : [])] as const;
    kills.push({ part, how: dice.from(ways), atMs });
    // Two at once, sometimes.
    if (dice.below(4) === 0) kills.push({ part: dice.from(parts.filter((each) => each !== part)), how: 'SIGKILL', atMs });
  }
  return kills;
}

function drawFaults(dice: Dice, endMs: number): Timed<VendorFault>[] {
  const faults: Timed<VendorFault>[] = [];
  for (let atMs = calmMs; atMs < endMs; atMs += dice.below(2 * faultEveryMs)) faults.push({ ...dice.from(vendorFaults), atMs });
  return faults;
}

class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = toRandom(seed);
    // The first numbers of neighbouring seeds are neighbours.
    this.#random();
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  from<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    const left = [...items];
    return items.map(() => left.splice(this.below(left.length), 1)[0] as Item);
  }
}
