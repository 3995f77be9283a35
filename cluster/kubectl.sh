#!/usr/bin/env bash
# Runs a real kubectl of this platform against the cluster: KUBECTL_PATH, bin/kubectl, a fetched one, or the PATH's.
set -euo pipefail
cluster_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "${cluster_dir}")
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/kubernetes-mesos

find_kubectl() {
  if [[ -n "${KUBECTL_PATH:-}" ]]; then
    if [[ ! -x "${KUBECTL_PATH}" ]]; then
      echo "KUBECTL_PATH=${KUBECTL_PATH} is not an executable file" >&2
      exit 1
    fi
    echo "${KUBECTL_PATH}"
  elif [[ -x "${root}/bin/kubectl" ]]; then
    echo "${root}/bin/kubectl"
  elif [[ -x "${cache}/kubectl" ]]; then
    echo "${cache}/kubectl"
  elif command -v kubectl >/dev/null; then
    command -v kubectl
  elif node "${root}/scripts/fetch-kubectl.mjs" "${cache}/kubectl" >&2; then
    echo "${cache}/kubectl"
  else
    exit 1
  fi
}

kubectl=$(find_kubectl)
if [[ "${1:-}" == "--which" ]]; then
  echo "${kubectl}"
  exit 0
fi
exec "${kubectl}" ${KUBERNETES_MASTER:+--server="${KUBERNETES_MASTER}"} "$@"
