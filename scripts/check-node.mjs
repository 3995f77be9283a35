// Says in one line what is missing before npm fails in many.
const [major] = process.versions.node.split('.').map(Number);
if (major < 20) {
  console.error(`Node.js 20 or newer is needed; this is ${process.version}. See https://nodejs.org/en/download`);
  process.exit(1);
}
