// The Go kube-apiserver 1.20, built from Debian's source package and kept outside the tree. It vendors reflect2 v1.0.1, which
// crashes when built with Go 1.18 or newer; Debian's golang-github-modern-go-reflect2-dev (v1.0.2) takes its place.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const VERSION = 'v1.20.2';
const GO = '/usr/lib/go-1.19/bin/go';
const REFLECT2 = '/usr/share/gocode/src/github.com/modern-go/reflect2';
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'kubernetes-mesos/bench');
const binary = join(cache, `kube-apiserver-${VERSION}`);

/** Path of the binary, building it if need be (some ten minutes, once); `undefined` with a line of why where it cannot be. */
export function goApiserver() {
  if (process.env.KUBE_APISERVER !== undefined) return process.env.KUBE_APISERVER;
  if (existsSync(binary)) return binary;
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) {
    console.log('the Go kube-apiserver is not measured: building it needs root and apt-get (or set KUBE_APISERVER)');
    return undefined;
  }
  console.log(`building kube-apiserver ${VERSION} from Debian's source package (once, some ten minutes) ...`);
  build();
  return binary;
}

function build() {
  const work = join(cache, 'build');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, 'src/k8s.io'), { recursive: true });
  run('apt-get', ['install', '-y', '-qq', 'dpkg-dev', 'golang-1.19-go', 'golang-github-modern-go-reflect2-dev'], work);
  fetchSource(work);
  const source = readdirSync(work).find((name) => name.startsWith('kubernetes-'));
  const tree = join(work, 'src/k8s.io/kubernetes');
  renameSync(join(work, source), tree);
  const vendored = join(tree, 'vendor/github.com/modern-go/reflect2');
  rmSync(vendored, { recursive: true });
  cpSync(REFLECT2, vendored, { recursive: true, dereference: true });
  rmSync(join(vendored, 'go.mod'), { force: true });
  generateOpenApi(work, tree);
  const flags = ['gitVersion=' + VERSION, 'gitMajor=1', 'gitMinor=20'].map(
    (pair) => `-X k8s.io/component-base/version.${pair}`,
  );
  run(
    GO,
    ['build', '-ldflags', flags.join(' '), '-o', `${binary}.part`, './cmd/kube-apiserver'],
    tree,
    goEnvironment(work),
  );
  renameSync(`${binary}.part`, binary);
  rmSync(work, { recursive: true, force: true });
}

/** The one generated file that the source package leaves out: OpenAPI definitions of every tagged package. */
function generateOpenApi(work, tree) {
  const generator = join(work, 'openapi-gen');
  run(GO, ['build', '-o', generator, './vendor/k8s.io/kube-openapi/cmd/openapi-gen'], tree, goEnvironment(work));
  const files = execFileSync('grep', ['-rl', '+k8s:openapi-gen=true', '--include=*.go', 'pkg', 'staging/src/k8s.io'], {
    cwd: tree,
    encoding: 'utf8',
  });
  const excluded = /_test\.go|_examples|sample-apiserver|testdata|zz_gen|code-generator|client-go\/pkg\/version/;
  const folders = files
    .split('\n')
    .filter((file) => file !== '' && !excluded.test(file))
    .map(dirname);
  const packages = [...new Set(folders)].map(
    (folder) => `k8s.io/kubernetes/${folder.replace('staging/src/', 'vendor/')}`,
  );
  const output = 'k8s.io/kubernetes/pkg/generated/openapi';
  const header = 'vendor/k8s.io/code-generator/hack/boilerplate.go.txt';
  const words = [
    '-i',
    packages.join(','),
    '-p',
    output,
    '-O',
    'zz_generated.openapi',
    '-h',
    header,
    '-r',
    join(work, 'violations'),
  ];
  run(generator, words, tree, goEnvironment(work));
}

const goEnvironment = (work) => ({
  GO111MODULE: 'off',
  GOPATH: work,
  CGO_ENABLED: '0',
  PATH: `${dirname(GO)}:${process.env.PATH}`,
});

/** `apt-get source` from the sources that are set up, asked for their deb-src side in a list of our own. */
function fetchSource(work) {
  const lists = '/etc/apt/sources.list.d';
  const own = join(lists, 'kubernetes-mesos-bench.sources');
  const text = readFileSync(join(lists, 'debian.sources'), 'utf8').replaceAll(/^Types: .*$/gm, 'Types: deb-src');
  writeFileSync(own, text);
  try {
    run('apt-get', ['update', '-qq'], work);
    run('apt-get', ['source', '-qq', 'kubernetes'], work);
  } finally {
    rmSync(own);
  }
}

function run(command, args, cwd, env = {}) {
  execFileSync(command, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', ...env },
  });
}
