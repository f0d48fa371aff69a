import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';

/** Runs a button's action, shows its result or error, and refreshes the page's data. */
export function useAct<Input = void, Result = unknown>(
  run: (input: Input) => Promise<Result>,
  done: string | ((result: Result, input: Input) => string | null),
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess(result, input) {
      const message = typeof done === 'string' ? done : done(result, input);
      if (message !== null) notifications.show({ message, color: 'teal' });
    },
    onError: (error) =>
      notifications.show({ title: 'That did not work', message: error.message, color: 'red', autoClose: 10_000 }),
    onSettled: () => client.invalidateQueries(),
  });
}
