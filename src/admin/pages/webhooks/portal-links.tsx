import { Button, Group, List, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ask, rest } from '#admin/rest/client.ts';
import { useAct } from '#admin/ui/act.ts';
import { DialogButton } from '#admin/ui/dialog-button.tsx';
import { ShownOnce } from '#admin/ui/shown-once.tsx';
import { Time } from '#admin/ui/words/time.tsx';

const periods = [
  { value: '24', label: 'One day' },
  { value: '168', label: 'Seven days' },
  { value: '720', label: '30 days' },
];

/** Makes and withdraws links by which the subscriber sees this endpoint. */
export function PortalLinks({ id }: { id: string }) {
  return (
    <DialogButton label="Subscriber’s link …" title="A link for the subscriber" button={{ variant: 'default' }} size="lg">
      {() => <Links id={id} />}
    </DialogButton>
  );
}

function Links({ id }: { id: string }) {
  const path = { params: { path: { id } } };
  const [hours, setHours] = useState('168');
  const [url, setUrl] = useState<string | null>(null);
  const query = useQuery({
    queryKey: ['portal-links', id],
    queryFn: () => ask(rest.GET('/api/v1/webhooks/{id}/portal-links', path)),
  });
  const create = useAct(
    () =>
      ask(
        rest.POST('/api/v1/webhooks/{id}/portal-links', { ...path, body: { expires_in_hours: Number(hours), endpoint_ids: [] } }),
      ),
    (link) => {
      setUrl(new URL(link.url, location.origin).href);
      return null;
    },
  );
  const withdraw = useAct(
    (linkId: string) =>
      ask(rest.DELETE('/api/v1/webhooks/{id}/portal-links/{link_id}', { params: { path: { id, link_id: linkId } } })),
    'The link is withdrawn.',
  );
  return (
    <Stack gap="md">
      <Text size="sm">
        Whoever has the link sees what was sent to this endpoint, with personal data, may send it once more and send test events.
        They see nothing else.
      </Text>
      <Group align="flex-end">
        <Select
          label="Works for"
          data={periods}
          value={hours}
          onChange={(value) => setHours(value ?? '168')}
          allowDeselect={false}
          w={150}
        />
        <Button onClick={() => create.mutate()} loading={create.isPending}>
          Create link
        </Button>
      </Group>
      {url !== null && <ShownOnce what="link" secret={url} />}
      {query.data && query.data.data.length > 0 && (
        <List size="sm" spacing="xs" listStyleType="none">
          {query.data.data.map((link) => (
            <List.Item key={link.id}>
              <Group justify="space-between">
                <span>
                  Ends <Time at={link.expires_at} />, last used <Time at={link.last_used_at} />
                </span>
                <Button
                  size="xs"
                  variant="default"
                  onClick={() => withdraw.mutate(link.id)}
                  loading={withdraw.isPending && withdraw.variables === link.id}
                >
                  Withdraw
                </Button>
              </Group>
            </List.Item>
          ))}
        </List>
      )}
    </Stack>
  );
}
