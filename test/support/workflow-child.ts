import { appendFileSync } from 'node:fs'
import type { Notification } from '../../runtime-lite/workflow/step-call.ts'
import { startedWorkflows } from './workflow-app.ts'

// Runs what is due on a database until it is killed, in the middle of whatever it does. Arguments: folder of the application, datasource, and a file
// for the keys of notifications.
const [folder = '', datasource = '', told = ''] = process.argv.slice(2)
const notify = ({ idempotencyKey, id }: Notification): void => appendFileSync(told, `${id} ${idempotencyKey}\n`)
const app = await startedWorkflows(folder, { datasource, onError: () => undefined, workflows: { pollInterval: 20, notify } })
// Nobody is left who could end it.
process.on('disconnect', () => process.exit())
process.send?.('ready')
setInterval(() => app.statistics(), 1000)
