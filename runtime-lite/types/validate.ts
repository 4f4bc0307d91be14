import type { Issue } from '../problem/issue.ts'

/**
 * Checks a new record or a change as the server does: every problem of it, or undefined. `at` is a JSON pointer to the input, which the
 * pointers of the problems begin with. Values are brought into the form they are stored in, in place.
 */
export type Validate = (input: unknown, at?: string) => readonly Issue[] | undefined
