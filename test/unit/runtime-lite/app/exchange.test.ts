import { expect, test } from 'vitest'
import type { AppManifest } from '../../../../runtime-lite/app/app-manifest.ts'
import type { Behaviour } from '../../../../runtime-lite/behaviour/behaviour.ts'
import { officeApp } from '../../../support/office.ts'
import { runningApp } from '../../../support/running-app.ts'

/** The same application with another hook on users. */
const naming = (manifest: AppManifest, name: string): AppManifest => ({
  ...manifest,
  objects: {
    ...manifest.objects,
    async user() {
      const { plan } = await manifest.objects['user']!()
      const behaviour: Behaviour = {
        beforeCreate: (context) => {
          Object.assign(context.data, { name })
        },
      }
      return { plan: { ...plan, behaviour } }
    },
  },
})

test('code of another version is run by what begins later, and can be put back', async () => {
  const running = await runningApp(officeApp())
  const { core } = running
  const first = core.manifest
  const user = running.app.objects['user']!
  expect(await user.create({ name: 'Ann' })).toMatchObject({ name: 'Ann' })
  const putBack = await core.exchange(naming(first, 'Bea'))
  expect(await user.create({ name: 'Ann' })).toMatchObject({ name: 'Bea' })
  const again = await core.exchange(naming(first, 'Cleo'))
  expect(await user.create({ name: 'Ann' })).toMatchObject({ name: 'Cleo' })
  await again()
  expect(await user.create({ name: 'Ann' })).toMatchObject({ name: 'Bea' })
  await putBack()
  expect(core.manifest).toBe(first)
  expect(await user.create({ name: 'Ann' })).toMatchObject({ name: 'Ann' })
  // What was registered meanwhile stays around either.
  running.app.on('beforeCreate', 'user', (context) => void Object.assign(context.data, { name: `${context.data['name']}!` }))
  await core.exchange(naming(first, 'Dora'))
  expect(await user.create({ name: 'Ann' })).toMatchObject({ name: 'Dora!' })
  await running.close()
})

test('code that does not load leaves everything as it is', async () => {
  const running = await runningApp(officeApp())
  const { core } = running
  const first = core.manifest
  const user = running.app.objects['user']!
  await user.create({ name: 'Ann' })
  const broken = { ...first, objects: { ...first.objects, user: () => Promise.reject(new Error('no such module')) } }
  await expect(core.exchange(broken)).rejects.toThrow('no such module')
  expect(core.manifest).toBe(first)
  expect(await user.create({ name: 'Bea' })).toMatchObject({ name: 'Bea' })
  await running.close()
})
