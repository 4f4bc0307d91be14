export const aprove = { handler: async () => 1 }
export function close_al(): number {
  return 1
}
/** Code alone is legal. */
export const archive = async (): Promise<number> => 1
