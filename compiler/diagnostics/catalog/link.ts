/** Problems with names across files. */
export const linkCatalog = {} as const
