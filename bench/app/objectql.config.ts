import { defineConfig } from 'objectql'

/** Two objects for the server benchmark. Compiled into a temporary folder when it runs. */
export default defineConfig({ name: 'bench', input: ['schemas'], dialects: ['sqlite', 'postgres'] })
