/** Problems with the files to be written. */
export const emitCatalog = {} as const
