import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseFlags, silentLogger } from '@kubernetes-mesos/component-base';
import { withTempDir } from '@kubernetes-mesos/test-support';
import { artifactHandler } from '../src/artifacts/artifact-handler';
import { artifactsOf } from '../src/artifacts/artifacts';
import { schedulerFlags } from '../src/config/flags';
import { DEFAULT_INI, parseIni } from '../src/config/ini-file';
import { resolveConfig, type SchedulerConfig } from '../src/config/resolve';
import { frameworkIdRefreshMs } from '../src/ha/etcd-state';

const REQUIRED = ['--api_servers=h:8888', '--etcd_servers=http://h:4001'];

function resolve(...argv: string[]): Promise<SchedulerConfig> {
  const { values } = parseFlags(schedulerFlags, argv, { usage: 'km scheduler', description: '' });
  return resolveConfig(values, { kmPath: '/opt/km', logger: silentLogger });
}

describe('the ini file', () => {
  test('has the defaults of the original', () => expect(parseIni('[scheduler]\n')).toEqual(DEFAULT_INI));
  test('is read with comments, quotes and units', () => {
    const text = '; c\n[scheduler]\noffer-ttl = 10s # short\ninitial-pod-backoff="2s"\nupdates-backlog = 10\n';
    expect(parseIni(text)).toMatchObject({ offerTtlMs: 10_000, initialPodBackoffMs: 2000, updatesBacklog: 10 });
  });
  test.each(['explicit-reconciliation-max-backoff', 'explicit-reconciliantion-max-backoff'])(
    '%s is understood',
    (key) => expect(parseIni(`[scheduler]\n${key} = 1m`)).toMatchObject({ explicitMaxBackoffMs: 60_000 }),
  );
  test.each([
    ['[other]', 'line 1: unknown section [other], expected [scheduler]'],
    ['[scheduler]\nnosuch = 5s', 'line 2: unknown key nosuch'],
    ['[scheduler]\noffer-ttl = 5', 'line 2: offer-ttl: "5" is no duration such as 5s or 2m'],
    ['offer-ttl = 5s', 'line 1: a key before the section [scheduler]'],
  ])('%j is refused', (text, problem) => expect(parseIni(text)).toEqual({ problem }));
});

describe('flags', () => {
  test('make the framework that Mesos sees', async () => {
    const { framework, options } = await resolve(...REQUIRED, '--framework-name= k8s ', '--failover-timeout=60');
    expect(framework).toMatchObject({
      user: 'root',
      name: 'k8s',
      checkpoint: true,
      failover_timeout: 60,
      roles: ['*'],
    });
    expect(framework.capabilities?.map(({ type }) => type)).toContain('PARTITION_AWARE');
    expect(options.demandRules).toMatchObject({ defaultCpus: 250, defaultMem: 64_000, defaultPortMapping: 'wildcard' });
  });

  test('a failover timeout that Mesos cannot hold is refused', async () => {
    const resolved = resolve(...REQUIRED, '--failover_timeout=9223372036');
    await expect(resolved).rejects.toThrow(/must be from 0 to 4611686018/);
    await expect(resolve(...REQUIRED, '--failover_timeout=-1')).rejects.toThrow(/must be from 0/);
  });

  test('--mesos_role: reserved resources first, then what nobody reserved', async () => {
    const { framework, options } = await resolve(...REQUIRED, '--mesos_role=prod');
    expect(framework.roles).toEqual(['prod']);
    expect(options.demandRules.defaultRoles).toEqual(['prod', '*']);
  });

  test('make the command of the executor', async () => {
    const { executor } = await resolve(
      ...REQUIRED,
      '--address=10.0.0.1',
      '--cluster_dns=10.10.10.10',
      '--executor_bindall',
      '--minion_path_override=/opt/node/bin:/bin',
    );
    expect(executor.command).toMatchObject({
      shell: false,
      value: './km',
      uris: [{ value: 'http://10.0.0.1:10251/km', executable: true, extract: false, output_file: 'km' }],
      environment: { variables: [{ name: 'PATH', value: '/opt/node/bin:/bin' }] },
    });
    const argv = executor.command.arguments ?? [];
    expect(argv.slice(0, 3)).toEqual(['./km', 'executor', '--api_servers=h:8888']);
    expect(argv).toEqual(
      expect.arrayContaining(['--suicide_timeout=20m0s', '--address=0.0.0.0', '--cluster_dns=10.10.10.10']),
    );
  });

  test.each([
    [['--etcd_servers=http://h:4001'], /--api_servers is required/],
    [['--api_servers=h'], /exactly one of --etcd_servers and --etcd_config/],
    [[...REQUIRED, '--etcd_config=/x'], /exactly one of --etcd_servers and --etcd_config/],
    [[...REQUIRED, '--mesos_master=zk://h:2181'], /--mesos_master: .*path/],
    [[...REQUIRED, '--framework_name= '], /--framework_name must not be empty/],
    [[...REQUIRED, '--mesos_framework_roles=*,a,b'], /only one custom role allowed in addition to \*/],
    [[...REQUIRED, '--mesos_default_pod_roles=a'], /a is not among --mesos_framework_roles/],
    [[...REQUIRED, '--scheduler_config=/nosuch'], /--scheduler_config: \/nosuch cannot be read/],
    [[...REQUIRED, '--mesos_authentication_secret_file=/x'], /needs --mesos_authentication_principal/],
  ])('%j is refused', (argv, message) => expect(resolve(...argv)).rejects.toThrow(message));

  test('the proxy flags are taken, warn when they ask for a proxy, and reach no executor', async () => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
    const argv = [...REQUIRED, '--executor_run_proxy', '--proxy_bindall=false'];
    const { values } = parseFlags(schedulerFlags, argv, { usage: 'km scheduler', description: '' });
    const config = await resolveConfig(values, { kmPath: '/opt/km', logger });
    expect(warnings).toEqual(['--executor_run_proxy has no effect: executors run no service proxy']);
    expect(config.executor.command.arguments?.filter((argument) => argument.includes('proxy'))).toEqual([]);
  });

  test('every flag of 0.5 is there', () => {
    const names = [
      'port address profiling api_servers auth_path etcd_servers etcd_config allow_privileged cluster_domain cluster_dns',
      'mesos_master mesos_user mesos_role mesos_authentication_principal mesos_authentication_secret_file',
      'mesos_authentication_provider checkpoint failover_timeout driver_port hostname_override reconcile_interval',
      'reconcile_cooldown scheduler_config graceful ha framework_name framework_weburi advertised_address service_address',
      'executor_bindall executor_logv executor_proxy_bindall executor_run_proxy executor_suicide_timeout kubelet_root_dir',
      'kubelet_docker_endpoint kubelet_pod_infra_container_image kubelet_cadvisor_port kubelet_host_network_sources',
      'kubelet_sync_frequency kubelet_network_plugin km_path',
    ].flatMap((line) => line.split(' '));
    expect(names.filter((name) => !Object.hasOwn(schedulerFlags, name))).toEqual([]);
  });
});

test('the framework id is rewritten in time, but not so often that leases pile up', () => {
  expect(frameworkIdRefreshMs(10, 30_000)).toBe(5000);
  expect(frameworkIdRefreshMs(600, 30_000)).toBe(30_000);
  expect(frameworkIdRefreshMs(604_800, 30_000)).toBe(30_240_000);
});

describe('artifacts', () => {
  const flags = { km_path: '', auth_path: '', dockercfg_path: '' };
  const urisOf = (changes: Partial<typeof flags>) =>
    artifactsOf({ ...flags, ...changes }, '/opt/km', 'h:1').map(({ uri }) => uri);

  test('km may be elsewhere, or on the agents already', () => {
    expect(urisOf({ km_path: 'http://x/km' })).toEqual([{ value: 'http://x/km', executable: true, output_file: 'km' }]);
    expect(urisOf({ km_path: 'http://x/km.tgz' })).toEqual([{ value: 'http://x/km.tgz' }]);
    expect(urisOf({ km_path: 'file:///opt/km' })).toEqual([]);
    expect(urisOf({ km_path: '/my/km-1', dockercfg_path: '/x' }).map(({ value }) => value)).toEqual([
      'http://h:1/km',
      'http://h:1/.dockercfg',
    ]);
  });

  /** What an agent gets for `file` as /km. */
  async function fetched(file: string): Promise<string> {
    const handler = artifactHandler(artifactsOf({ ...flags, km_path: file }, '', 'h:1'));
    const server: Server = createServer((request, response) => {
      if (!handler(request, response)) response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const answer = await fetch(`${url}/km`);
      const text = await answer.text();
      expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
      const head = await fetch(`${url}/km`, { method: 'HEAD' });
      expect(head.headers.get('content-length')).toBe(answer.headers.get('content-length'));
      expect((await fetch(`${url}/other`)).status).toBe(404);
      expect((await fetch(`${url}/km`, { method: 'POST' })).status).toBe(405);
      return text;
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  test('other programs than those for node are served as they are', () =>
    withTempDir(async (path) => {
      for (const text of ['#!/bin/sh\necho\n', '\x7fELF', '']) {
        await writeFile(join(path, 'km'), text);
        await expect(fetched(join(path, 'km'))).resolves.toBe(text);
      }
    }));

  test.each([
    ['a bundle', 'km', '#!/usr/bin/env node\n"use strict";x=1;'],
    ['a module', 'main.js', '"use strict";x=1;'],
  ])('%s is served as a program that finds node, or says what the agent lacks', (_name, name, text) =>
    withTempDir(async (path) => {
      const [source, km, tools] = [join(path, name), join(path, 'fetched'), join(path, 'bin')];
      await writeFile(source, text.replace('x=1;', 'console.log(process.argv.slice(2).join());'));
      await writeFile(km, await fetched(source), { mode: 0o755 });
      const run = (PATH: string) => spawnSync(km, ['executor', 'a b'], { env: { PATH }, encoding: 'utf8' });

      const started = run(`${dirname(process.execPath)}:/usr/bin:/bin`);
      expect([started.stdout, started.status]).toEqual(['executor,a b\n', 0]);

      await mkdir(tools);
      const without = run(tools);
      expect(without.status).toBe(127);
      expect(without.stderr).toContain(`km: Node.js is not on the PATH of executors (${tools})`);

      await writeFile(join(tools, 'node'), '#!/bin/sh\necho v18.20.4\n', { mode: 0o755 });
      const old = run(tools);
      expect(old.status).toBe(126);
      expect(old.stderr).toBe(`km: needs Node.js 20 or later, but ${tools}/node on this Mesos agent is v18.20.4\n`);
    }),
  );
});
