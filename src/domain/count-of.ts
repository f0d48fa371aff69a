/** "1 row", "2 rows"; a plural that is not the singular and an s is given. */
export const countOf = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
