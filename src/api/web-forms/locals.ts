import type { Response } from 'express';
import { notFound } from '#api/rest/errors.ts';
import type { GivenValues } from '#providers/web-form/check-values.ts';
import type { OpenForm } from './forms.ts';
import type { Sender } from './origin.ts';

/** What the steps of one request leave for the next ones, in `res.locals`. */
export interface FormLocals {
  open: OpenForm | undefined;
  sender: Sender | undefined;
  /** What the visitor typed, once it was read. */
  given?: GivenValues;
  /** What spoke for the sender. */
  proof?: 'origin' | 'signature';
}

export const localsOf = (res: Response): FormLocals => res.locals as FormLocals;

export function requireOpen(res: Response): { open: OpenForm; sender: Sender } {
  const { open, sender } = localsOf(res);
  if (!open || !sender) throw noSuchForm();
  return { open, sender };
}

export const noSuchForm = () => notFound('There is no such form.');

/** The path stands for the form in metrics and refusals; whatever else is asked for is one. */
export const routeOf = (res: Response): string => `/webforms/${localsOf(res).open?.name ?? '{form}'}`;
