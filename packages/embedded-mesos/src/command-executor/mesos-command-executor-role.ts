import { defineRole, UsageError } from '@kubernetes-mesos/component-base';
import { createExecutorClient, ExecutorEnvironmentError, readExecutorEnvironment } from '@kubernetes-mesos/mesos';
import { CommandExecutor } from './command-executor';

/** `km mesos-command-executor`: started by the agent for tasks that are a command. */
export const mesosCommandExecutorRole = defineRole({
  name: 'mesos-command-executor',
  summary: 'started by the embedded Mesos agent: runs one command as a task',
  description: 'Reads its agent and ids from the environment that a Mesos agent sets.',
  flags: {},
  async run(_values, { clock, logger, signal }) {
    const environment = Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    let client;
    try {
      client = createExecutorClient({ environment: readExecutorEnvironment(environment), clock, logger });
    } catch (error) {
      if (error instanceof ExecutorEnvironmentError) throw new UsageError(error.message);
      throw error;
    }
    await new CommandExecutor({ client, environment, clock, logger, signal }).run();
  },
});
