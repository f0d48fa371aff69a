import { Button, Group, Modal, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';

interface ConfirmProps {
  /** The button that opens the dialog. */
  label: string;
  title: string;
  /** The consequence, in words. */
  children: ReactNode;
  /** The button that does it. */
  confirm: string;
  onConfirm: () => Promise<unknown>;
  isDangerous?: boolean;
  isDisabled?: boolean;
  variant?: string;
  size?: string;
}

/** A button that explains its action in a dialog before it runs. */
export function Confirm({
  label,
  title,
  children,
  confirm,
  onConfirm,
  isDangerous,
  isDisabled,
  variant,
  size = 'xs',
}: ConfirmProps) {
  const [isOpen, { open, close }] = useDisclosure(false);
  const [isBusy, busy] = useDisclosure(false);
  const act = async () => {
    busy.open();
    await onConfirm().then(close, () => {});
    busy.close();
  };
  return (
    <>
      <Button size={size} variant={variant ?? 'default'} onClick={open} disabled={isDisabled ?? false}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={title}>
        <Stack gap="md">
          <div>{children}</div>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Keep as it is
            </Button>
            <Button {...(isDangerous ? { color: 'red.9' } : {})} onClick={act} loading={isBusy}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
