/** Longest line that generated code has, unless something in it cannot be broken. */
export const LINE_WIDTH = 140
