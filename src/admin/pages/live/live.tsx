import { Badge, Group, Paper, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Empty, Loaded, Page } from '#admin/ui/page.tsx';
import { Time } from '#admin/ui/words/time.tsx';
import { readSandboxes, type Sandbox } from './live-api.ts';
import { PersonCard } from './person-card.tsx';
import { type Edit, useLive } from './use-live.ts';

const route = getRouteApi('/live');

/** The sandboxes side by side. An edit in one is seen travelling through Accord into the others. */
export function Live() {
  const { q = '' } = route.useSearch();
  const navigate = useNavigate({ from: '/live' });
  const sandboxes = useQuery({ queryKey: ['sandboxes'], queryFn: readSandboxes, staleTime: 60_000 });
  return (
    <Page
      title="Live"
      lead="The same people in each system. Press one, change something, and watch it arrive in the others."
      actions={
        <TextInput
          aria-label="Find a person"
          placeholder="Find by name, email or phone"
          value={q}
          onChange={(event) => void navigate({ search: { q: event.currentTarget.value }, replace: true })}
          w={260}
        />
      }
    >
      <Loaded query={sandboxes}>{(loaded) => <Panels sandboxes={loaded.sandboxes} q={q} />}</Loaded>
    </Page>
  );
}

function Panels({ sandboxes, q }: { sandboxes: readonly Sandbox[]; q: string }) {
  const { query, edits, edit } = useLive(q);
  const newest = new Map(edits.toReversed().map((each) => [each.email, each]));
  return (
    <>
      <Loaded query={query}>
        {({ people }) =>
          people.length === 0 ? (
            <Empty icon="people" title={q ? 'Nobody matches' : 'Nobody is here yet'}>
              {q
                ? 'Search for a part of a name, an email address or a phone number.'
                : 'The sample contacts appear after the first sync.'}
            </Empty>
          ) : (
            <div className="panels" style={{ '--systems': sandboxes.length } as React.CSSProperties}>
              {sandboxes.map(({ id, title }) => (
                <section
                  key={id}
                  className="panel"
                  aria-label={title}
                  style={{ '--people': people.length } as React.CSSProperties}
                >
                  <Title order={2} size="h5" className="panel-title">
                    {title}
                  </Title>
                  {people.map(({ email, in: places }) => (
                    <PersonCard
                      key={email}
                      title={title}
                      person={places[id]}
                      isOrigin={newest.get(email)?.sandbox === id}
                      arrivedMs={newest.get(email)?.arrived[id]}
                      onEdit={(change, what) => edit(id, email, places[id]?.id ?? '', change, what)}
                    />
                  ))}
                </section>
              ))}
            </div>
          )
        }
      </Loaded>
      <EditLog edits={edits} sandboxes={sandboxes} />
    </>
  );
}

function EditLog({ edits, sandboxes }: { edits: readonly Edit[]; sandboxes: readonly Sandbox[] }) {
  const titles = new Map(sandboxes.map(({ id, title }) => [id, title]));
  return (
    <Paper withBorder p="md" aria-live="polite">
      <Title order={2} size="h5" mb="xs">
        Your edits
      </Title>
      {edits.length === 0 && (
        <Text size="sm" c="dimmed">
          None yet. Add the tag “cold lead” in one system: the person appears in the dialer.
        </Text>
      )}
      {edits.map(({ number, sandbox, what, at, arrived }) => (
        <Group key={number} gap="xs" className="edit">
          <Text size="sm" className="wrap">
            <b>{titles.get(sandbox)}</b>: {what}
          </Text>
          {Object.entries(arrived).map(([id, ms]) => (
            <Badge key={id} variant="light" color="teal" className="state state-teal">
              {titles.get(id)} {ms} ms
            </Badge>
          ))}
          {Object.keys(arrived).length === 0 && (
            <Text size="sm" c="dimmed">
              on its way …
            </Text>
          )}
          <Text size="sm" c="dimmed">
            <Time at={new Date(at).toISOString()} />
          </Text>
        </Group>
      ))}
    </Paper>
  );
}
