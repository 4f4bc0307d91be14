export const settings = { retries: 3 }
