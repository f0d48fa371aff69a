import { expect, it } from '@jest/globals';
import { createWorkerMetrics } from '#workers/monitoring/worker-metrics.ts';

it('keeps workspaces apart, and counts requests without an answer', async () => {
  const { registry, ofWorkspace } = createWorkerMetrics();
  const [main, acme] = [ofWorkspace(null), ofWorkspace('acme')];
  main.observerOf('square').begin({ operation: 'read contact' })(200);
  acme.observerOf('square').begin({ operation: 'read contact' })(null);
  acme.observerOf('square').waited(0.3);
  acme.synced('google', 7);
  // A clock that was set back.
  main.synced('google', -1);

  const text = await registry.metrics();
  expect(text).toContain('accord_vendor_calls_total{workspace="",account="square",operation="read contact",status="200"} 1\n');
  expect(text).toContain(
    'accord_vendor_calls_total{workspace="acme",account="square",operation="read contact",status="none"} 1\n',
  );
  expect(text).toContain('accord_rate_limit_wait_seconds_bucket{le="0.5",workspace="acme",account="square"} 1\n');
  expect(text).toContain('accord_sync_lag_seconds_sum{workspace="acme",account="google"} 7\n');
  expect(text).toContain('accord_sync_lag_seconds_sum{workspace="",account="google"} 0\n');
});
