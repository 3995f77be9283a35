/**
 * Generated protocol buffer code, one namespace object per set of `proto/`. Regenerate with
 * `node scripts/generate-protos.mjs`; never edit `generated/`. Fields keep their proto names, 64-bit integers are numbers.
 */
export { mesos } from './generated/mesos';
