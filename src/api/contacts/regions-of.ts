import type { ApiDeps } from '#api/deps.ts';

/** The countries of numbers that are typed without one. */
export function regionsOf({ providers }: Pick<ApiDeps, 'providers'>): string[] {
  const regions = providers.flatMap(({ settings }) => {
    const account: unknown = settings?.account;
    const isSet = typeof account === 'object' && account !== null && 'defaultRegion' in account;
    return isSet && typeof account.defaultRegion === 'string' ? [account.defaultRegion] : [];
  });
  return [...new Set(regions)];
}
