import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { AuthenticationError, UnavailableError } from '#providers/errors.ts';
import { type PushInput, type PushResult, pushRecord } from './push-record.ts';

export interface PushedAtOnce {
  provider: string;
  outcome: PushResult['outcome'];
}

export interface PushesAtOnce {
  pushed: PushedAtOnce[];
  /** Providers that are left to their lanes: no push to them succeeded, or a push to another one put them out of step. */
  outOfStep: string[];
}

export type PushAtOnce = (
  input: Omit<PushInput, 'provider'> & { outOfStep: readonly string[]; except: readonly string[] },
  call: ActivityCall,
) => Promise<PushesAtOnce>;

/** A vendor that takes longer is left to its lane, so that it delays no other one. */
const patienceMs = 3_000;

/** How long an account that did not answer is left to its lanes. */
const restMs = 60_000;

/**
 * Pushes to several providers within the activity that read a change, which saves each a round trip through Temporal. It does so only
 * where a call can start now, and leaves every push that does not succeed to the lane of its provider, which retries, parks and tells.
 */
export function createPushAtOnce(deps: ActivityDeps): PushAtOnce {
  const restsUntil = new Map<string, number>();

  function canPush(provider: string): boolean {
    const isServed = deps.serves?.(provider) ?? true;
    const isRested = (restsUntil.get(provider) ?? 0) <= deps.now().getTime();
    return isServed && isRested && (deps.providers.get(provider)?.isFree?.() ?? false);
  }

  async function push({ owner, ...input }: PushInput, call: ActivityCall): Promise<PushResult | null> {
    const { provider } = input;
    const signal = AbortSignal.any([AbortSignal.timeout(patienceMs), ...(call.signal ? [call.signal] : [])]);
    try {
      return await pushRecord(deps, { ...input, owner: `${owner}/${provider}` }, { ...call, signal });
    } catch (error) {
      const isOfAccount = signal.aborted || error instanceof UnavailableError || error instanceof AuthenticationError;
      if (isOfAccount) restsUntil.set(provider, deps.now().getTime() + restMs);
      return null;
    }
  }

  return async ({ outOfStep: wanted, except, ...input }, call) => {
    const outOfStep = new Set(wanted);
    const pushed: PushedAtOnce[] = [];
    const targets = wanted.filter((provider) => !except.includes(provider) && canPush(provider));
    const results = await Promise.all(
      targets.map(async (provider) => ({ provider, result: await push({ ...input, provider }, call) })),
    );
    for (const { provider, result } of results) {
      // The lane reads a record again that was not found.
      if (result === null || result.again) continue;
      outOfStep.delete(provider);
      pushed.push({ provider, outcome: result.outcome });
    }
    for (const { result } of results) for (const provider of result?.outOfStep ?? []) outOfStep.add(provider);
    return { pushed, outOfStep: [...outOfStep] };
  };
}
