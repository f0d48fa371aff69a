import { Button, Checkbox, Collapse, Group, NumberInput, Stack, Switch, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type FormEvent, useState } from 'react';
import { RestError, type Schemas } from '#admin/rest/client.ts';
import { Failure } from '#admin/ui/page.tsx';

type EventType = Schemas['NewWebhook']['events'][number];

/** The settings that the form shows. The API has more: headers, filters, a schedule of retries. */
export interface EndpointSettings {
  url: string;
  description: string | null;
  events: EventType[];
  max_retries: number;
  timeout: number;
  rate_per_second: number | null;
  ordered: boolean;
  include_previous: boolean;
}

export const defaultSettings: EndpointSettings = {
  url: '',
  description: null,
  events: ['new_lead', 'lead_update'],
  max_retries: 5,
  timeout: 30,
  rate_per_second: null,
  ordered: false,
  include_previous: false,
};

const leadEvents: { value: EventType; label: string }[] = [
  { value: 'new_lead', label: 'new_lead: somebody became a lead' },
  { value: 'lead_update', label: 'lead_update: something about a lead changed' },
];

interface EndpointFormProps {
  initial: EndpointSettings;
  submitLabel: string;
  onSubmit: (settings: EndpointSettings) => Promise<unknown>;
}

export function EndpointForm({ initial, submitLabel, onSubmit }: EndpointFormProps) {
  const [settings, setSettings] = useState(initial);
  const [error, setError] = useState<Error | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isMoreOpen, { toggle }] = useDisclosure(false);
  const set = (change: Partial<EndpointSettings>) => setSettings((before) => ({ ...before, ...change }));
  const faultOf = (field: string) =>
    error instanceof RestError ? error.fields.find(({ pointer }) => pointer.startsWith(`/body/${field}`))?.detail : undefined;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    await onSubmit(settings).catch(setError);
    setBusy(false);
  };
  // Subscriptions to operational events stay as they are.
  const others = settings.events.filter((type) => !leadEvents.some(({ value }) => value === type));
  return (
    <form onSubmit={submit}>
      <Stack gap="md" maw={620}>
        {error && !(error instanceof RestError && error.fields.length > 0) && <Failure error={error} />}
        <TextInput
          label="URL"
          description="Receives the events by POST. It must be https and public."
          placeholder="https://your-app.com/webhook"
          value={settings.url}
          onChange={(event) => set({ url: event.currentTarget.value })}
          error={faultOf('url')}
          required
        />
        <TextInput
          label="Description"
          placeholder="Production app"
          value={settings.description ?? ''}
          onChange={(event) => set({ description: event.currentTarget.value || null })}
          error={faultOf('description')}
        />
        <Checkbox.Group
          label="Events"
          value={settings.events}
          onChange={(values) =>
            set({ events: [...others, ...leadEvents.map(({ value }) => value).filter((value) => values.includes(value))] })
          }
          error={faultOf('events')}
        >
          <Stack gap="xs" mt="xs">
            {leadEvents.map(({ value, label }) => (
              <Checkbox key={value} value={value} label={label} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Button variant="subtle" size="compact-sm" onClick={toggle} aria-expanded={isMoreOpen} w="fit-content">
          {isMoreOpen ? 'Fewer settings' : 'More settings'}
        </Button>
        <Collapse expanded={isMoreOpen}>
          <Stack gap="md">
            <Group grow align="flex-start">
              <NumberInput
                label="Retries"
                description="Before a dead letter"
                min={0}
                max={100}
                value={settings.max_retries}
                onChange={(value) => set({ max_retries: Number(value) })}
                error={faultOf('max_retries')}
              />
              <NumberInput
                label="Timeout"
                description="Seconds"
                min={1}
                max={120}
                value={settings.timeout}
                onChange={(value) => set({ timeout: Number(value) })}
                error={faultOf('timeout')}
              />
              <NumberInput
                label="Maximum per second"
                description="Empty: no limit"
                min={1}
                max={10_000}
                value={settings.rate_per_second ?? ''}
                onChange={(value) => set({ rate_per_second: value === '' ? null : Number(value) })}
                error={faultOf('rate_per_second')}
              />
            </Group>
            <Switch
              label="In order: an event of a lead waits for the earlier ones"
              checked={settings.ordered}
              onChange={(event) => set({ ordered: event.currentTarget.checked })}
            />
            <Switch
              label="Send the previous values with updates"
              checked={settings.include_previous}
              onChange={(event) => set({ include_previous: event.currentTarget.checked })}
            />
          </Stack>
        </Collapse>
        <Group>
          <Button type="submit" loading={isBusy}>
            {submitLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
