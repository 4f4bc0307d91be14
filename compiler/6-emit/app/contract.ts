/** Version of what generated code and runtime expect of each other; a test holds it equal to the runtime's. */
export const CONTRACT = 1
