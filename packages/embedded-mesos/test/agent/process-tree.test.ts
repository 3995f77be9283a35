import { spawn } from 'node:child_process';
import { eventually } from '@kubernetes-mesos/test-support';
import {
  isRunning,
  killLeftovers,
  killTree,
  leftoversOf,
  processStat,
  processTree,
} from '../../src/agent/process-tree';

function start(script: string): Promise<number> {
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: 'ignore' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
}

test('a tree goes with its root, also what has a session of its own', async () => {
  const root = await start('setsid sleep 300 & sleep 300; true');
  const tree = await eventually(() => {
    const pids = processTree(root);
    return pids.length >= 3 ? pids : undefined;
  });
  killTree(root);
  await eventually(() => tree.every((pid) => !isRunning(pid, undefined)));
});

test('what an ended process left in its group is found; the ended pid itself is left alone', async () => {
  const root = await start('sleep 300 & exec true');
  const left = await eventually(() => {
    const pids = leftoversOf(root);
    return processStat(root) === undefined && pids.length === 1 ? pids : undefined;
  });
  expect(left).not.toContain(root);
  killLeftovers(root);
  await eventually(() => left.every((pid) => !isRunning(pid, undefined)));
});

test('a pid that another process has now is not the one that was', () => {
  const own = processStat(process.pid);
  expect(own).toMatchObject({ pid: process.pid, parent: process.ppid, zombie: false });
  expect(isRunning(process.pid, own?.startTicks)).toBe(true);
  expect(isRunning(process.pid, (own?.startTicks ?? 0) + 1)).toBe(false);
});
