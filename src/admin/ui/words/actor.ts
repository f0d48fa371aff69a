/** Who changed something, as people know them: the name of an API key without its kind. */
export const sayActor = (actor: string | null): string => actor?.replace(/^api-key:/, '') ?? '';
