import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FatalError, parseFlags, UsageError } from '@kubernetes-mesos/component-base';
import { withTempDir } from '@kubernetes-mesos/test-support';
import { CloudConfigError, parseCloudConfig } from '../src/cloud-config';
import { apiConnection, cloudConfig, givenMesosMaster, likelyMesosMasters, rootCa, tokenSigner } from '../src/config';
import { controllerManagerFlags } from '../src/flags';

const flags = (...argv: string[]) =>
  parseFlags(controllerManagerFlags, argv, { usage: 'km controller-manager', description: '' }).values;

describe('mesos-cloud.conf', () => {
  test('values and defaults', () => {
    expect(parseCloudConfig('')).toEqual({
      mesosMaster: undefined,
      httpClientTimeoutMs: 10_000,
      stateCacheTtlMs: 5000,
    });
    expect(
      parseCloudConfig(
        '; comment\n[mesos-cloud]\n  mesos-master = zk://a:2181/mesos\n\thttp-client-timeout=5s # soon\nstate-cache-ttl = "1m30s"\n',
      ),
    ).toEqual({ mesosMaster: 'zk://a:2181/mesos', httpClientTimeoutMs: 5000, stateCacheTtlMs: 90_000 });
  });

  test.each([
    ['[other]', 'line 1: unknown section'],
    ['mesos-master=x', 'before the section'],
    ['[mesos-cloud]\nfoo=1', 'line 2: unknown name foo'],
    ['[mesos-cloud]\nstate-cache-ttl=20', 'is no duration'],
    ['[mesos-cloud]\nnonsense', 'expected name = value'],
  ])('%j', (text, message) => {
    expect(() => parseCloudConfig(text)).toThrow(CloudConfigError);
    expect(() => parseCloudConfig(text)).toThrow(message);
  });
});

describe('where the servers are', () => {
  test('--master, one or several', async () => {
    expect(await apiConnection(flags('--master=a:8888, http://b:1'))).toEqual({ servers: ['a:8888', ' http://b:1'] });
  });

  test.each([
    [[], FatalError, '--master is required'],
    [['--master=zk://a'], UsageError, '--master: "zk://a"'],
    [['--master=a', '--client_key=/k'], UsageError, '--client_certificate and --client_key'],
  ])('%j is refused', async (argv, kind, message) => {
    await expect(apiConnection(flags(...argv))).rejects.toThrow(kind);
    await expect(apiConnection(flags(...argv))).rejects.toThrow(message);
  });

  test('the Mesos master: flag, cloud configuration, this machine or that of the API server', async () => {
    const none = parseCloudConfig('');
    const cloud = parseCloudConfig('[mesos-cloud]\nmesos-master=c:5050');
    expect(givenMesosMaster(flags('--mesos_master=m:1'), cloud)).toBe('m:1');
    expect(givenMesosMaster(flags(), cloud)).toBe('c:5050');
    expect(givenMesosMaster(flags(), none)).toBeUndefined();
    expect(likelyMesosMasters(['h:8888', 'http://h:9'])).toBe('localhost:5050,h:5050');
    await withTempDir(async (dir) => {
      const path = join(dir, 'mesos-cloud.conf');
      await writeFile(path, '[mesos-cloud]\nmesos-master=c:5050');
      expect((await cloudConfig(flags(`--cloud_config=${path}`))).mesosMaster).toBe('c:5050');
      await writeFile(path, '[x]');
      await expect(cloudConfig(flags(`--cloud_config=${path}`))).rejects.toThrow(FatalError);
    });
  });

  test('files that are missing or wrong end the process with the name of their flag', async () => {
    await expect(cloudConfig(flags('--cloud_config=/nope'))).rejects.toThrow('--cloud_config: cannot read /nope');
    await expect(rootCa(flags('--root_ca_file=/nope'))).rejects.toThrow('--root_ca_file');
    await withTempDir(async (dir) => {
      const path = join(dir, 'key');
      await writeFile(path, 'nonsense');
      const argument = `--service_account_private_key_file=${path}`;
      await expect(tokenSigner(flags(argument))).rejects.toThrow('--service_account_private_key_file');
      expect(await tokenSigner(flags())).toBeUndefined();
    });
  });

  test('another cloud than Mesos is refused', () => {
    expect(() => flags('--cloud_provider=aws')).toThrow(/mesos/);
  });
});
