#!/usr/bin/env bash
# Makes the images of the examples without a registry: a real nginx, as nginx:latest (which library/nginx is) and
# dockerfile/nginx:latest, and the pause image, as kubernetes/pause:latest and kubernetes/pause:go.
#
# nginx and its libraries come from this host when it has nginx, else from Debian's packages (apt-get download). The
# image also has a shell and a few tools, so that exec, probes and hooks can be tried. Needs docker, tar and node.
#
#   DOCKER_HOST=unix:///var/run/docker.sock scripts/make-nginx-image.sh [--no-pause]
set -euo pipefail
cd "$(dirname "$0")/.."

for tool in docker tar node ldd; do
  command -v "$tool" >/dev/null || { echo "make-nginx-image: $tool is not installed" >&2; exit 1; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root"/{bin,etc/nginx/conf.d,usr/sbin,usr/bin,var/log/nginx,var/lib/nginx,var/www/html,run,tmp,dev,proc,sys,root}
chmod 1777 "$root/tmp"

# Copies a program under its own path, with the libraries that it is linked with.
add() {
  local program=$1 target=$2 library
  install -D -m 755 "$(readlink -f "$program")" "$root$target"
  { ldd "$program" 2>/dev/null || true; } | grep -o '/[^ ]*' | while read -r library; do
    [ -e "$root$library" ] || install -D -m 755 "$(readlink -f "$library")" "$root$library"
  done
}

nginx=$(PATH=$PATH:/usr/sbin command -v nginx || true)
if [ -z "$nginx" ]; then
  echo "nginx is not installed here, using Debian's package"
  mkdir "$work/packages"
  (cd "$work/packages" && apt-get download nginx && for package in *.deb; do dpkg -x "$package" "$work/debian"; done)
  nginx=$work/debian/usr/sbin/nginx
  if ldd "$nginx" | grep -q 'not found'; then
    echo "make-nginx-image: libraries of nginx are missing: $(ldd "$nginx" | grep 'not found' | tr -d '\t')" >&2
    exit 1
  fi
fi

add "$nginx" /usr/sbin/nginx
add /bin/sh /bin/sh
for tool in cat echo ls sleep id hostname env mkdir touch rm head dd stty tar; do
  path=$(command -v "$tool" || true)
  case $path in /*) add "$path" "/bin/$tool" ;; esac
done

cat >"$root/etc/passwd" <<'PASSWD'
root:x:0:0:root:/root:/bin/sh
www-data:x:33:33:www-data:/var/www:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/bin/sh
PASSWD
printf 'root:x:0:\nwww-data:x:33:\nnogroup:x:65534:\n' >"$root/etc/group"
[ ! -e /etc/nginx/mime.types ] || cp /etc/nginx/mime.types "$root/etc/nginx/mime.types"
touch "$root/etc/nginx/mime.types"
[ -s "$root/etc/nginx/mime.types" ] || echo 'types { text/html html; text/css css; }' >"$root/etc/nginx/mime.types"
cat >"$root/etc/nginx/nginx.conf" <<'CONF'
user www-data;
worker_processes 1;
pid /run/nginx.pid;
error_log /dev/stderr notice;
events { worker_connections 256; }
http {
  include /etc/nginx/mime.types;
  access_log /dev/stdout;
  server {
    listen 80 default_server;
    root /var/www/html;
    index index.html;
  }
  include /etc/nginx/conf.d/*.conf;
}
CONF
cat >"$root/var/www/html/index.html" <<'PAGE'
<!DOCTYPE html>
<html><head><title>Welcome to nginx!</title></head><body><h1>Welcome to nginx!</h1></body></html>
PAGE

tar -C "$root" -c . | docker import \
  -c 'CMD ["nginx", "-g", "daemon off;"]' -c 'EXPOSE 80' \
  -c 'ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin' - nginx:latest
docker tag nginx:latest dockerfile/nginx:latest

[ "${1:-}" != --no-pause ] || exit 0
arch=$(docker version --format '{{.Server.Arch}}')
node -e '
  const { pauseLayer } = require("./packages/executor");
  process.stdout.write(pauseLayer(process.argv[1]));
' "$arch" | docker import -c 'ENTRYPOINT ["/pause"]' - kubernetes/pause:latest
docker tag kubernetes/pause:latest kubernetes/pause:go
