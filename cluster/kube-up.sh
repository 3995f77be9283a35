#!/usr/bin/env bash
# Starts a cluster of the provider named by KUBERNETES_PROVIDER (default: local).
set -euo pipefail
cluster_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "${cluster_dir}/lib/provider.sh"
require_provider
exec node "${cluster_dir}/${KUBERNETES_PROVIDER}/up.mjs" "$@"
