import { providerName } from './provider-names.ts';

/** Summaries of workflows that several places start. */
export const reconcileSummary = (provider: string): string => `Full pass over ${providerName(provider)}`;

export const pollSummary = (provider: string): string => `Changes of ${providerName(provider)}`;
