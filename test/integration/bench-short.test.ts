import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const hasEtcd = spawnSync('etcd', ['--version']).status === 0;
const canRun = hasEtcd && existsSync(join(root, 'dist/km'));

/** The benchmark's own checks: nothing lost, doubled or out of order, and every acknowledged write survives kill -9. No times. */
(canRun ? test : test.skip)(
  'the short benchmark finds no wrong result',
  () => {
    const { status, stderr } = spawnSync(process.execPath, ['bench/run.mjs', '--short', '--only=km'], {
      cwd: root,
      encoding: 'utf8',
      timeout: 170_000,
    });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  },
  180_000,
);
