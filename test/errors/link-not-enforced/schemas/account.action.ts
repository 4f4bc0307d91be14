export const approve = {
  handler(): boolean {
    return true
  },
}
