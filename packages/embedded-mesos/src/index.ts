export { mesosAgentRole } from './agent/mesos-agent-role';
export { startAgent, type AgentOptions, type RunningAgent } from './agent/start-agent';
export { startSimulation, type Simulation, type SimulationOptions } from './agent/simulate';
export { mesosCommandExecutorRole } from './command-executor/mesos-command-executor-role';
export type { MasterSettings } from './master/cluster';
export { mesosMasterRole } from './master/mesos-master-role';
export { startMaster, type MasterOptions, type RunningMaster } from './master/start-master';
export { parseAttributes, parseResources, ResourceTextError } from './resources/parse';
