export const settings = { retries: 3 }
export function helper(): void {}
