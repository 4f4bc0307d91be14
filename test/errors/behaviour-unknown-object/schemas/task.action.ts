export const copy = {
  handler: async ({ api: data, input }: any) => data.object('task').create({ title: input.title, acount: input.account }),
}
