export default { plugins: { adit: { days: 3 } } }
