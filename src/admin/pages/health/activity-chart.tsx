import { Group, Text, Title } from '@mantine/core';
import type { Schemas } from '#admin/rest/client.ts';

type Minute = Schemas['Overview']['activity'][number];

const series = [
  { key: 'received', label: 'webhooks received', className: 'bar-received' },
  { key: 'written', label: 'records written', className: 'bar-written' },
  { key: 'sent', label: 'events sent to apps', className: 'bar-sent' },
] as const;

const size = { width: 720, height: 130, gap: 2 };

/** Bars of the last hour, one a minute. The numbers are in words as well, for readers who cannot see the bars. */
export function ActivityChart({ activity }: { activity: readonly Minute[] }) {
  const most = Math.max(1, ...activity.map(({ received, written, sent }) => received + written + sent));
  const width = size.width / Math.max(1, activity.length);
  const totals = series.map(({ key, label }) => `${activity.reduce((sum, minute) => sum + minute[key], 0)} ${label}`);
  return (
    <figure className="chart">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">
          The last hour, minute by minute
        </Title>
        <Group gap="md">
          {series.map(({ key, label, className }) => (
            <Text key={key} size="sm" className="legend">
              <svg width="10" height="10" aria-hidden="true">
                <rect width="10" height="10" rx="2" className={className} />
              </svg>{' '}
              {label}
            </Text>
          ))}
        </Group>
      </Group>
      <svg
        viewBox={`0 0 ${size.width} ${size.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`In the last hour: ${totals.join(', ')}. At most ${most} a minute.`}
      >
        {activity.map((minute, index) => (
          <Bar key={minute.minute} minute={minute} x={index * width} width={width - size.gap} scale={size.height / most} />
        ))}
      </svg>
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          an hour ago
        </Text>
        <Text size="xs" c="dimmed">
          {totals.join(' · ')}
        </Text>
        <Text size="xs" c="dimmed">
          now
        </Text>
      </Group>
    </figure>
  );
}

function Bar({ minute, x, width, scale }: { minute: Minute; x: number; width: number; scale: number }) {
  let top = size.height;
  return (
    <g>
      <title>
        {new Date(minute.minute).toLocaleTimeString('en-GB', { timeStyle: 'short' })}:{' '}
        {series.map(({ key, label }) => `${minute[key]} ${label}`).join(', ')}
      </title>
      <rect x={x} y={size.height - 1} width={width} height={1} className="bar-floor" />
      {series.map(({ key, className }) => {
        const height = minute[key] * scale;
        top -= height;
        return <rect key={key} x={x} y={top} width={width} height={height} className={className} />;
      })}
    </g>
  );
}
