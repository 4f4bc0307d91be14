import { startedWorkflows } from './workflow-app.ts'

// Runs what is due on a database until it is killed, in the middle of whatever it does. Arguments: folder of the application, datasource.
const [folder = '', datasource = ''] = process.argv.slice(2)
const app = await startedWorkflows(folder, { datasource, workflows: { pollInterval: 20 } })
// Nobody is left who could end it.
process.on('disconnect', () => process.exit())
process.send?.('ready')
setInterval(() => app.statistics(), 1000)
