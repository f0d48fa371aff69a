import { AppShell, Badge, Burger, Button, Group, Modal, NavLink, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useChanges } from '#admin/rest/changes.ts';
import { RestError, type Schemas } from '#admin/rest/client.ts';
import { useConnection } from '#admin/rest/connection.ts';
import { needsYouQuery } from '#admin/rest/needs-you.ts';
import { type Session, sessionQuery, signOut } from '#admin/rest/session.ts';
import { Icon, type IconName } from '#admin/ui/icons.tsx';
import { Failure } from '#admin/ui/page.tsx';
import { ColoursButton } from './colours-button.tsx';
import { SignInForm, SignInPage } from './sign-in.tsx';
import { Unreachable } from './unreachable.tsx';

interface Entry {
  to: string;
  label: string;
  icon: IconName;
  /** The scope without which the page has nothing to show. */
  scope: string;
  isHidden?: (session: Session) => boolean;
  /** How much waits there for a person. */
  count?: (questions: Schemas['OpenQuestions']) => number;
}

/** The pages that exist. */
export const navigation: readonly Entry[] = [
  { to: '/', label: 'Health', icon: 'heart', scope: 'sync:read' },
  { to: '/needs-you', label: 'Needs you', icon: 'warning', scope: 'sync:read', count: countAll },
  { to: '/people', label: 'People', icon: 'people', scope: 'sync:read' },
  { to: '/duplicates', label: 'Duplicates', icon: 'twins', scope: 'sync:read', count: ({ candidates }) => candidates },
  { to: '/deletes', label: 'Deletes', icon: 'bin', scope: 'sync:read', count: ({ deletes }) => deletes },
  { to: '/forms', label: 'Forms', icon: 'form', scope: 'sync:read', count: ({ submissions }) => submissions },
  { to: '/suppressions', label: 'Suppression list', icon: 'barred', scope: 'sync:read' },
  { to: '/imports', label: 'Import', icon: 'download', scope: 'imports:write', isHidden: ({ role }) => role === 'viewer' },
  {
    to: '/live',
    label: 'Live',
    icon: 'live',
    scope: 'sync:write',
    isHidden: ({ hasSandboxes, role }) => !hasSandboxes || role === 'viewer',
  },
  { to: '/webhooks', label: 'Webhooks', icon: 'webhook', scope: 'webhooks:read' },
  { to: '/deliveries', label: 'Deliveries', icon: 'send', scope: 'webhooks:read' },
  { to: '/go-live', label: 'Go-live', icon: 'rocket', scope: 'sync:read' },
  { to: '/connections', label: 'Connections', icon: 'plug', scope: 'connections:read' },
  { to: '/inbox', label: 'Incoming', icon: 'inbox', scope: 'inbox:read' },
  { to: '/settings', label: 'Settings', icon: 'settings', scope: 'sync:read' },
  { to: '/erasures', label: 'Erasures', icon: 'eraser', scope: 'admin', isHidden: ({ role }) => role !== 'admin' },
  { to: '/activity', label: 'Activity', icon: 'list', scope: 'admin', isHidden: ({ role }) => role !== 'admin' },
];

/** The frame of all pages: navigation, session, and connection to Accord. */
export function Shell() {
  const { data: session, error, isPending, refetch } = useQuery(sessionQuery);
  if (session) return <Frame session={session} />;
  if (isPending) return null;
  if (error instanceof RestError && error.status === 401) return <SignInPage />;
  return (
    <main className="sign-in">
      <Failure error={error ?? new Error('Accord does not answer.')} retry={() => void refetch()} />
    </main>
  );
}

function Frame({ session }: { session: Session }) {
  useChanges();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const { state } = useConnection();
  const questions = useQuery({ ...needsYouQuery, enabled: isReadable('sync:read', session) }).data?.counts;
  // On narrow screens the navigation covers the page.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new path closes it.
  useEffect(close, [path]);
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !isOpen } }} padding="md">
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" aria-expanded={isOpen} />
            <Link to="/" className="brand">
              Accord
            </Link>
          </Group>
          <Account session={session} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        {navigation
          .filter((entry) => isShown(entry, session))
          .map(({ to, label, icon, count }) => (
            <NavLink
              key={to}
              component={Link}
              to={to}
              label={label}
              leftSection={<Icon name={icon} />}
              rightSection={<Count number={questions && count ? count(questions) : 0} />}
              active={to === '/' ? path === '/' : path.startsWith(to)}
              {...(path === to ? { 'aria-current': 'page' as const } : {})}
            />
          ))}
      </AppShell.Navbar>
      <AppShell.Main>
        <Unreachable />
        <div className="content">
          <Outlet />
        </div>
      </AppShell.Main>
      <Modal
        opened={state === 'signed-out'}
        onClose={() => {}}
        withCloseButton={false}
        title="Your session has ended. Sign in to go on where you are."
      >
        <SignInForm />
      </Modal>
    </AppShell>
  );
}

function isShown({ scope, isHidden }: Entry, session: Session): boolean {
  return isReadable(scope, session) && !(isHidden?.(session) ?? false);
}

const isReadable = (scope: string, { scopes }: Session) =>
  scopes.some((held) => held === 'admin' || held === 'viewer' || held === scope);

function countAll({ candidates, conflicts, submissions, deletes, failures }: Schemas['OpenQuestions']): number {
  return candidates + conflicts + submissions + deletes + failures;
}

function Count({ number }: { number: number }) {
  if (number === 0) return null;
  return (
    <Badge className="state state-orange" size="sm" variant="light" color="orange">
      {number.toLocaleString('en', { notation: 'compact' })}
    </Badge>
  );
}

function Account({ session: { name, role, isMasked } }: { session: Session }) {
  const client = useQueryClient();
  const leave = async () => {
    await signOut().catch(() => {});
    // Nothing of the session stays in memory.
    client.clear();
    location.reload();
  };
  return (
    <Group gap="xs" wrap="nowrap">
      <Text size="sm" className="wide-only" truncate maw={200}>
        {name}
      </Text>
      <Badge variant="default" title={isMasked ? 'You read everything; personal data is hidden' : undefined}>
        {role}
      </Badge>
      <ColoursButton />
      <Button size="xs" variant="default" onClick={leave}>
        Sign out
      </Button>
    </Group>
  );
}
