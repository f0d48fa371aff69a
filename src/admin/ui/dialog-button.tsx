import { Button, type ButtonProps, Modal, type ModalProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';

interface DialogButtonProps {
  label: string;
  /** The title of the dialog. */
  title: string;
  button?: Pick<ButtonProps, 'size' | 'variant'>;
  /** A key of the page presses it. */
  hotkey?: string;
  size?: ModalProps['size'];
  /** The content, with the function that closes the dialog. */
  children: (close: () => void) => ReactNode;
}

/** A button that opens a dialog. */
export function DialogButton({ label, title, button, hotkey, size, children }: DialogButtonProps) {
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button size="xs" {...button} onClick={open} {...(hotkey === undefined ? {} : { 'aria-keyshortcuts': hotkey })}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={title} {...(size === undefined ? {} : { size })}>
        {children(close)}
      </Modal>
    </>
  );
}
