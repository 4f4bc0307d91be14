export default {
  plugins: {
    reminders: { sender: 'nobody', days: -1, colour: 'red' },
  },
}
