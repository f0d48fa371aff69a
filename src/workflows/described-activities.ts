import { type ActivityInterfaceFor, type ActivityOptions, proxyActivities } from '@temporalio/workflow';

/**
 * The named activities, each with a line that the Web UI shows beside it. Summaries are metadata, no commands: they may change without
 * `patched()`. They hold ids and counts, never personal data, because histories are not encrypted.
 */
export function describedActivities<Activities>(
  options: ActivityOptions,
  summaries: Record<keyof Activities & string, string>,
): ActivityInterfaceFor<Activities> {
  const proxies = Object.entries<string>(summaries).map(([name, summary]) => [
    name,
    proxyActivities({ ...options, summary })[name],
  ]);
  return Object.fromEntries(proxies);
}
