import { Badge } from '@mantine/core';
import { Icon, type IconName } from './icons.tsx';

/** How a state is to be read; each has a colour and an icon, and the badge says it in words. */
export type Mood = 'good' | 'waiting' | 'bad' | 'off' | 'warning';

const looks: Record<Mood, { color: string; icon: IconName }> = {
  good: { color: 'teal', icon: 'check' },
  waiting: { color: 'blue', icon: 'clock' },
  bad: { color: 'red', icon: 'cross' },
  warning: { color: 'orange', icon: 'warning' },
  off: { color: 'gray', icon: 'minus' },
};

export function StateBadge({ mood, children, title }: { mood: Mood; children: string; title?: string | undefined }) {
  const { color, icon } = looks[mood];
  return (
    <Badge
      className={`state state-${color}`}
      variant="light"
      color={color}
      leftSection={<Icon name={icon} size={13} />}
      title={title}
    >
      {children}
    </Badge>
  );
}
