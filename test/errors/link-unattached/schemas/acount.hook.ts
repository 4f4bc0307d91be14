export default {
  beforeCreate(): void {},
}
