export default {
  beforeCreate: async () => {},
  beforUpdate: async () => {},
}
