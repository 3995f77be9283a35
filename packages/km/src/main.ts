import { realpathSync } from 'node:fs';
import { runRole } from '@kubernetes-mesos/component-base';
import { dispatch } from './dispatch';
import { ROLES } from './roles';

/** Dispatches to a role and sets the process' exit code. */
export async function main(): Promise<void> {
  const [, program = 'km', ...argv] = process.argv;
  const choice = dispatch(program, argv, ROLES);
  if (choice.kind === 'print') {
    process[choice.stream].write(choice.text);
    process.exitCode = choice.exitCode;
    return;
  }
  const role = await choice.entry.load();
  const exitCode = await runRole(role, {
    argv: choice.argv,
    kmPath: realpathSync(program),
    stderr: process.stderr,
    onStop: onStopSignal,
  });
  // What is still open (keep-alive sockets, timers) must not hold back a process whose role has ended.
  process.exit(exitCode);
}

function onStopSignal(callback: (signal: string) => void): () => void {
  const signals = ['SIGTERM', 'SIGINT'] as const;
  for (const signal of signals) process.once(signal, callback);
  return () => {
    for (const signal of signals) process.removeListener(signal, callback);
  };
}
