# Sourced by the cluster scripts: chooses the provider and checks what every provider needs.
KUBERNETES_PROVIDER=${KUBERNETES_PROVIDER:-local}
export KUBERNETES_PROVIDER

require_provider() {
  local here known
  here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  if [[ ! -f "${here}/${KUBERNETES_PROVIDER}/up.mjs" ]]; then
    known=$(cd "${here}" && ls -d */up.mjs */*/up.mjs 2>/dev/null | sed 's,/up.mjs$,,' | paste -sd' ' -)
    echo "KUBERNETES_PROVIDER=${KUBERNETES_PROVIDER} is not known; there is: ${known}" >&2
    exit 1
  fi
  if ! command -v node >/dev/null; then
    echo "Node.js 20 or newer is needed and 'node' is not on the PATH: see https://nodejs.org/en/download" >&2
    exit 1
  fi
  if ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)'; then
    echo "Node.js 20 or newer is needed; 'node' here is $(node --version)" >&2
    exit 1
  fi
}
