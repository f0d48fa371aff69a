import { AppShell, Group, Text } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { ask, RestError, rest } from '#admin/rest/client.ts';
import { useConnection } from '#admin/rest/connection.ts';
import { AddressLink } from '#admin/ui/address-link.tsx';
import { Bars, Empty, Failure, Page } from '#admin/ui/page.tsx';
import { ColoursButton } from '#admin/ui/shell/colours-button.tsx';
import { Unreachable } from '#admin/ui/shell/unreachable.tsx';

/** The endpoints of the link, by which the pages also see whether it still works. */
export const endpointsQuery = queryOptions({
  queryKey: ['portal'],
  queryFn: () => ask(rest.GET('/api/v1/portal')),
  retry: false,
});

/** The frame of a subscriber's pages. */
export function PortalShell() {
  const { data, error, refetch } = useQuery(endpointsQuery);
  const { state } = useConnection();
  const isOver = state === 'signed-out' || (error instanceof RestError && error.status === 401);
  return (
    <AppShell header={{ height: 56 }} padding="md">
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <AddressLink address="/" className="brand">
            Accord
          </AddressLink>
          <Group gap="xs" wrap="nowrap">
            <Text size="sm" className="wide-only">
              Deliveries to your app
            </Text>
            <ColoursButton />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Main>
        <div className="content">
          {isOver && <Over />}
          {!isOver && data && (
            <>
              <Unreachable />
              <Outlet />
            </>
          )}
          {!isOver && !data && (error ? <Failure error={error} retry={() => void refetch()} /> : <Bars />)}
        </div>
      </AppShell.Main>
    </AppShell>
  );
}

function Over() {
  return (
    <Page title="This link does not work any more">
      <Empty icon="clock" title="It has expired, or was withdrawn">
        Ask the people who sent it to you for a new one. Your app gets its events all the same.
      </Empty>
    </Page>
  );
}
