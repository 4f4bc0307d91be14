import { openDriver } from '../../runtime-lite/app/open-driver.ts'
import { readBookkeeping } from '../../runtime-lite/database/remote-bookkeeping.ts'

/** No application was started on the database of a server before. False, too, when it cannot be reached: the start will say why. */
export async function isNewDatabase(url: string): Promise<boolean> {
  try {
    const driver = await openDriver(url)
    try {
      return (await readBookkeeping(driver.session, ['digest'])) === undefined
    } finally {
      await driver.close()
    }
  } catch {
    return false
  }
}
