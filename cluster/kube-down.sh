#!/usr/bin/env bash
# Stops the cluster that kube-up.sh started, and nothing else.
set -euo pipefail
cluster_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "${cluster_dir}/lib/provider.sh"
require_provider
exec node "${cluster_dir}/${KUBERNETES_PROVIDER}/down.mjs" "$@"
