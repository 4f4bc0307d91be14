import { expect } from 'vitest'

/** Numbers to fifteen digits, everything else exactly. */
export function expectClose(found: unknown, expected: unknown, what: string): void {
  if (typeof expected !== 'number' || typeof found !== 'number') expect(found, what).toEqual(expected)
  else if (Math.abs(found - expected) > Math.abs(expected) * 1e-12 + 1e-9) expect(found, what).toBe(expected)
}
