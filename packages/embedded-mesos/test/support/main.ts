/** Entry of the program that integration tests start as real processes: the roles of this package, by name. */
import { runRole } from '@kubernetes-mesos/component-base';
import { mesosAgentRole, mesosCommandExecutorRole, mesosMasterRole } from '../../src';
import { testExecutorMain } from './test-executor';

const roles = [mesosMasterRole, mesosAgentRole, mesosCommandExecutorRole];

async function main(): Promise<void> {
  const [, program = '', name, ...argv] = process.argv;
  if (name === 'test-executor') {
    await testExecutorMain();
    process.exit(0);
  }
  const role = roles.find((candidate) => candidate.name === name);
  if (role === undefined) throw new Error(`no role ${String(name)}`);
  const exitCode = await runRole(role, {
    argv,
    kmPath: program,
    stderr: process.stderr,
    onStop(callback) {
      process.once('SIGTERM', () => callback('SIGTERM'));
      process.once('SIGINT', () => callback('SIGINT'));
      return () => undefined;
    },
  });
  process.exit(exitCode);
}

void main();
