import type { Logger } from '../../runtime-lite/kernel/plugin.ts'

export interface LoggerOptions {
  /** What is written at least. Default 'info'. */
  readonly level?: 'debug' | 'info' | 'warn' | 'error'
  /** Gets each line, without its end. Default: stderr. */
  readonly write?: (line: string) => void
  /** Milliseconds since 1970. Default: the clock of the system. */
  readonly now?: () => number
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** One JSON object a line: time, level, plugin, message and details. Errors among the details are told by name and message. */
export function createLogger(plugin: string, { level = 'info', write = console.error, now = Date.now }: LoggerOptions = {}): Logger {
  const from = LEVELS.indexOf(level)
  const at =
    (name: (typeof LEVELS)[number]) =>
    (message: string, details: object = {}): void => {
      if (LEVELS.indexOf(name) < from) return
      const told = Object.fromEntries(
        Object.entries(details).map(([key, value]) => [key, value instanceof Error ? `${value.name}: ${value.message}` : value]),
      )
      write(JSON.stringify({ time: new Date(now()).toISOString(), level: name, plugin, message, ...told }))
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
