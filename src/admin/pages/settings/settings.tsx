import { Tabs } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useSession } from '#admin/rest/session.ts';
import { Page } from '#admin/ui/page.tsx';
import { Schedules } from './schedules.tsx';
import { SettingsFile } from './settings-file.tsx';

const route = getRouteApi('/settings');

/** Schedules, and accord.yaml as loaded. */
export function Settings() {
  const { tab = 'schedules' } = route.useSearch();
  const navigate = useNavigate({ from: '/settings' });
  const { role } = useSession();
  return (
    <Page title="Settings" lead="What runs by itself, and the rules that Accord works by.">
      <Tabs value={tab} onChange={(value) => void navigate({ search: { tab: value ?? '' } })} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="schedules">Schedules</Tabs.Tab>
          {role === 'admin' && <Tabs.Tab value="file">accord.yaml</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="schedules">
          <Schedules />
        </Tabs.Panel>
        {role === 'admin' && (
          <Tabs.Panel value="file">
            <SettingsFile />
          </Tabs.Panel>
        )}
      </Tabs>
    </Page>
  );
}
