/** Problems with the configuration and the command line. */
export const cliCatalog = {} as const
