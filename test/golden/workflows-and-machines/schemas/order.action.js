export const remember = { handler: ({ data, from }) => { data.note = from } }
export const check = { handler: ({ record }) => record.amount > 0 }
