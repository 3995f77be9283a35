import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { CommandInfoURI } from '@kubernetes-mesos/mesos';
import { createTempDir, type TempDir } from '@kubernetes-mesos/test-support';
import { fetchUri } from '../../src/agent/fetcher';

let folder: TempDir;
let server: Server;
let base: string;
let hits = 0;

beforeAll(async () => {
  folder = await createTempDir();
  mkdirSync(join(folder.path, 'in'));
  writeFileSync(join(folder.path, 'in/hello.txt'), 'hello');
  execFileSync('tar', ['-C', join(folder.path, 'in'), '-czf', join(folder.path, 'a.tar.gz'), 'hello.txt']);
  server = createServer((request, response) => {
    hits += 1;
    if (request.url === '/moved') response.writeHead(302, { Location: '/a.tar.gz' }).end();
    else if (request.url === '/a.tar.gz') response.end(readFileSync(join(folder.path, 'a.tar.gz')));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await folder.dispose();
});

let runs = 0;
async function fetched(uri: CommandInfoURI): Promise<string> {
  const directory = join(folder.path, `sandbox-${runs++}`);
  mkdirSync(directory);
  const cacheDirectory = join(folder.path, 'cache');
  await fetchUri(uri, { directory, cacheDirectory, user: undefined, signal: AbortSignal.timeout(10_000) });
  return directory;
}

test('archives are unpacked beside themselves, redirects followed, names given', async () => {
  const plain = await fetched({ value: `${base}/a.tar.gz` });
  expect(readFileSync(join(plain, 'hello.txt'), 'utf8')).toBe('hello');
  expect(existsSync(join(plain, 'a.tar.gz'))).toBe(true);
  const moved = await fetched({ value: `${base}/moved`, output_file: 'sub/b.tar.gz', extract: false });
  expect(existsSync(join(moved, 'sub/b.tar.gz'))).toBe(true);
  expect(existsSync(join(moved, 'hello.txt'))).toBe(false);
});

test('executables are executable and never unpacked', async () => {
  const directory = await fetched({ value: `file://${folder.path}/a.tar.gz`, executable: true });
  expect(statSync(join(directory, 'a.tar.gz')).mode & 0o111).toBe(0o111);
  expect(existsSync(join(directory, 'hello.txt'))).toBe(false);
});

test('the cache is asked first, and a cached archive does not land in the sandbox', async () => {
  await fetched({ value: `${base}/a.tar.gz`, cache: true });
  const before = hits;
  const directory = await fetched({ value: `${base}/a.tar.gz`, cache: true });
  expect(hits).toBe(before);
  expect(existsSync(join(directory, 'hello.txt'))).toBe(true);
  expect(existsSync(join(directory, 'a.tar.gz'))).toBe(false);
});

test.each([
  [{ value: '/does/not/exist' }, 'ENOENT'],
  [{ value: 'hdfs://x/y' }, 'only http, https, file and absolute paths are supported'],
  [{ value: '/etc/hostname', output_file: '../../escaped' }, 'not a path inside the sandbox'],
])('%j fails with the reason', async (uri, reason) => {
  await expect(fetched(uri)).rejects.toThrow(reason);
});

test('a missing file on a server fails', async () => {
  await expect(fetched({ value: `${base}/nothing` })).rejects.toThrow('the server answered 404');
});
