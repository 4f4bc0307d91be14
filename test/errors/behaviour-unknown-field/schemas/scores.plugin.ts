import { PluginBuilder } from 'objectql/plugin-sdk'

export default new PluginBuilder()
  .name('scores')
  .hook('beforeUpdate', 'account', ({ data, isModified }) => {
    if (isModified('name')) data.health_sore = 5
  })
  .build()
