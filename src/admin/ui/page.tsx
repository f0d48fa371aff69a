import { Alert, Button, Center, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { Icon, type IconName } from './icons.tsx';

interface PageProps {
  title: string;
  /** One sentence below the title. */
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page with its heading, which is also the title of the tab. */
export function Page({ title, lead, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Accord`;
  }, [title]);
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={1} size="h2" className="wrap">
            {title}
          </Title>
          {lead && (
            <Text c="dimmed" component="div" className="lead">
              {lead}
            </Text>
          )}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}

export interface WaitingQuery<Data = unknown> {
  data: Data | undefined;
  error: Error | null;
  refetch: () => unknown;
}

/** Shows the data of a query; before the first answer, what `Waiting` shows. */
export function Loaded<Data>({ query, children }: { query: WaitingQuery<Data>; children: (data: Data) => ReactNode }) {
  return query.data === undefined ? <Waiting query={query} /> : children(query.data);
}

/** Grey bars, or the failure with a way on. Nothing once there is data. */
export function Waiting({ query: { data, error, refetch } }: { query: WaitingQuery }) {
  if (data !== undefined) return null;
  return error ? <Failure error={error} retry={() => void refetch()} /> : <Bars />;
}

export function Bars() {
  return (
    <Stack gap="xs" role="status" aria-label="Loading">
      {[1, 2, 3, 4].map((bar) => (
        <Skeleton key={bar} height={36} />
      ))}
    </Stack>
  );
}

export function Failure({ error, retry }: { error: Error; retry?: () => void }) {
  return (
    <Alert
      color="red"
      variant="light"
      className="alert-red"
      title="This could not be loaded"
      icon={<Icon name="warning" />}
      role="alert"
    >
      <Text size="sm" mb={retry ? 'sm' : 0} className="wrap">
        {error.message}
      </Text>
      {retry && (
        <Button size="xs" variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

/** Says why a list is empty, and the next step. */
export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <Center py={48} className="empty">
      <Stack align="center" gap="xs" maw={440} ta="center">
        <span className="dim">
          <Icon name={icon} size={40} />
        </span>
        <Text fw={600}>{title}</Text>
        {children && (
          <Text c="dimmed" size="sm" component="div">
            {children}
          </Text>
        )}
      </Stack>
    </Center>
  );
}
