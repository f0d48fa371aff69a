import { Button, Group } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ask, rest } from '#admin/rest/client.ts';
import { Page } from '#admin/ui/page.tsx';
import { defaultSettings, EndpointForm, type EndpointSettings } from './endpoint-form.tsx';
import { SecretOnce } from './secret-once.tsx';

export function NewWebhook() {
  const client = useQueryClient();
  const [created, setCreated] = useState<{ id: string; secret: string } | null>(null);
  const create = async (settings: EndpointSettings) => {
    const { id, secret } = await ask(rest.POST('/api/v1/webhooks', { body: settings }));
    setCreated({ id, secret });
    await client.invalidateQueries({ queryKey: ['webhooks'] });
  };
  if (created) {
    return (
      <Page title="The endpoint is ready">
        <SecretOnce secret={created.secret} />
        <Group>
          <Button component={Link} to={`/webhooks/${created.id}`}>
            Go to the endpoint
          </Button>
        </Group>
      </Page>
    );
  }
  return (
    <Page title="New endpoint" lead="Your app receives an event for each lead that is new or has changed.">
      <EndpointForm initial={defaultSettings} submitLabel="Create endpoint" onSubmit={create} />
    </Page>
  );
}
