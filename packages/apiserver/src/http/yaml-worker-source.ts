import { join } from 'node:path';

/** Code of the thread that reads YAML. The bundle carries the file and its library along instead: `scripts/bundle.mjs`. */
export const yamlWorkerSource = `require(${JSON.stringify(join(__dirname, '../../yaml-worker.cjs'))});`;
