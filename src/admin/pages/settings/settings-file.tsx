import { Alert, Code, List, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { Icon } from '#admin/ui/icons.tsx';
import { Empty, Loaded } from '#admin/ui/page.tsx';

type File = Schemas['SettingsFile'];

/** accord.yaml as the api has loaded it, and whether a restart would take another one. */
export function SettingsFile() {
  const query = useQuery({ queryKey: ['settings-file'], queryFn: () => askData(rest.GET('/api/v1/settings')) });
  return (
    <Loaded query={query}>
      {({ file }) =>
        file ? (
          <Shown file={file} />
        ) : (
          <Empty icon="settings" title="No accord.yaml">
            This process was started without a file.
          </Empty>
        )
      }
    </Loaded>
  );
}

function Shown({ file: { path, profile, text, isChanged, problems } }: { file: File }) {
  return (
    <Stack gap="md">
      {problems.length > 0 ? (
        <Alert
          color="red"
          variant="light"
          className="alert-red"
          icon={<Icon name="warning" />}
          title="The file has been changed, and a restart would fail"
        >
          <List size="sm">
            {problems.map((problem) => (
              <List.Item key={problem} className="wrap">
                {problem}
              </List.Item>
            ))}
          </List>
          <Text size="sm" mt="xs">
            Until then Accord works by the settings below.
          </Text>
        </Alert>
      ) : isChanged ? (
        <Alert
          color="orange"
          className="alert-orange"
          icon={<Icon name="warning" />}
          title="The file has been changed since Accord started"
        >
          It is valid. Restart the api and the workers to use it.
        </Alert>
      ) : (
        <Text size="sm">The file is valid, and is the one that Accord works by.</Text>
      )}
      <Text size="sm" c="dimmed">
        <span className="mono wrap">{path}</span>
        {profile !== null && `, with the profile ${profile}`}
      </Text>
      <Code block className="code" tabIndex={0}>
        {text}
      </Code>
    </Stack>
  );
}
