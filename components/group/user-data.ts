import type { BootManifest } from "../../runtime/contract/boot.ts";
import { bootManifestBegin, bootManifestEnd, bootManifestPath } from "../../runtime/contract/boot-place.ts";
import { diskFillingJq, diskFillingPercent, instanceLog } from "../../runtime/contract/disk.ts";
import { install } from "./boot-install.ts";
import { requireWritable } from "./unit-environment.ts";
import { warmBoot } from "./warm-boot.ts";

/** EC2 takes this many bytes of user data before base64. */
export const userDataBytesMax = 16_384;

/**
 * What cloud-init runs once on a new instance. The boot manifest stands in it verbatim and is all the script acts on: for
 * each service it fetches the bundle, verifies it, unpacks it and hands it to systemd.
 *
 * @throws {RangeError} when manifest and script together are more than EC2 takes, or a variable's value is none that systemd takes.
 */
export function userData(manifest: BootManifest): string {
  requireWritable(manifest);
  const { enable, end } = manifest.warmPool === true ? warmBoot : coldBoot;
  const text = script
    .replace("@ENABLE@", () => enable)
    .replace("@END@", () => end)
    .replace("@MANIFEST_PATH@", bootManifestPath)
    .replace("@LAUNCH_HOOK@", () => launchHookOptions(manifest))
    .replaceAll("@INSTANCE_LOG@", instanceLog)
    .replaceAll("@FILLING@", String(diskFillingPercent))
    .replace("@FILLING_LINE@", () => diskFillingJq)
    .replace("@HERE_DOCUMENT@", () =>
      [bootManifestBegin, JSON.stringify(manifest, undefined, 1), bootManifestEnd].join("\n"),
    );
  const bytes = Buffer.byteLength(text);
  if (bytes > userDataBytesMax) {
    throw new RangeError(
      `user data is ${bytes} bytes and EC2 takes ${userDataBytesMax}; ` +
        "shorten the environment of the services, or run fewer of them on one host",
    );
  }
  return text;
}

/** Of a group without a pool: what has booted serves. */
const coldBoot = {
  enable: 'systemctl enable --now "annofarm-$name.service"',
  end: `
${install}
watch_services
for name in "${"$"}{services[@]}"; do
  await_health "$name"
done
answer_launch CONTINUE
`,
} as const;

/** Of the AWS CLI, quoted for the shell; nothing without a hook. */
function launchHookOptions({ launchHook }: BootManifest): string {
  if (launchHook === undefined) return "";
  const options = ["--auto-scaling-group-name", launchHook.group, "--lifecycle-hook-name", launchHook.name];
  return options.map((each) => (each.startsWith("--") ? each : `'${each.replaceAll("'", `'\\''`)}'`)).join(" ");
}

const script = String.raw`#!/bin/bash
# Makes this instance a member of its farm; everything it acts on is in the boot manifest below. It runs once, at first
# boot, and says what it does in /var/log/cloud-init-output.log.
set -Eeuo pipefail

manifest=@MANIFEST_PATH@
config=$(dirname "$manifest")
code=/opt/annofarm
logs=/var/log/annofarm

mkdir -p "$config" "$code" "$logs"
cat >"$manifest" @HERE_DOCUMENT@

metadata=http://169.254.169.254/latest
token=$(curl -sfX PUT "$metadata/api/token" -H 'X-aws-ec2-metadata-token-ttl-seconds: 300')
instance=$(curl -sf -H "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/instance-id")
AWS_DEFAULT_REGION=$(curl -sf -H "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/placement/region")
export AWS_DEFAULT_REGION

# answer_launch RESULT: completes the launch hook that holds the instance back. A first instance may have come before the hook.
# The hook is in here and not only in the manifest: to read that takes jq, which an image may lack.
answer_launch() {
  local hook=(@LAUNCH_HOOK@)
  [ "${"$"}{#hook[@]}" -gt 0 ] || return 0
  aws autoscaling complete-lifecycle-action "${"$"}{hook[@]}" --instance-id "$instance" --lifecycle-action-result "$1" || true
}

# An instance that cannot boot says so, and its group replaces it.
give_up() {
  trap - ERR
  echo "annofarm: boot failed: $1"
  answer_launch ABANDON || true
  aws autoscaling set-instance-health --instance-id "$instance" --health-status Unhealthy \
    --no-should-respect-grace-period || true
  exit 1
}
trap 'give_up "line $LINENO"' ERR

# What the image has is not asked for: it may have no repositories, or have it from elsewhere.
install_packages() {
  local missing=()
  [ -x /usr/bin/node-24 ] || node_version 24 || missing+=(nodejs24)
  command -v jq >/dev/null || missing+=(jq)
  command -v logrotate >/dev/null || missing+=(logrotate)
  [ -x /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl ] || missing+=(amazon-cloudwatch-agent)
  if [ "${"$"}{#missing[@]}" -gt 0 ]; then
    dnf install -y -q "${"$"}{missing[@]}" || give_up "the image lacks ${"$"}{missing[*]}, and dnf cannot install it: use an image \
that has it, or the repositories of Amazon Linux 2023 (docs/aws.md, images of your own)"
  fi
  [ ! -x /usr/bin/node-24 ] || alternatives --set node /usr/bin/node-24 # the package installed first would win
}

# node_version LEAST: whether the Node that services are started with is at least of this version.
node_version() {
  [ "$(/usr/bin/node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge "$1" ]
}

# field SERVICE FILTER: one value of a service's entry in the manifest.
field() {
  jq -r --arg name "$1" ".services[] | select(.name == \$name) | $2" "$manifest"
}

fetch_bundle() {
  local name=$1 file
  file=$(mktemp)
  aws s3 cp --quiet "s3://$(field "$name" .bundle.bucket)/$(field "$name" .bundle.key)" "$file"
  echo "$(field "$name" .bundle.sha256)  $file" | sha256sum --check --strict --quiet
  mkdir -p "$code/$name"
  tar -xzf "$file" -C "$code/$name" --no-same-owner
  rm "$file"
}

write_environment() {
  local name=$1 role
  role=$(field "$name" '.roleArn // empty')
  # In double quotes, systemd takes everything literally but these two: new lines too, which JSON would write as \n.
  field "$name" 'def escaped(of): split(of) | join("\\" + of);
    .environment | to_entries[] | "\(.key)=\"\(.value | escaped("\\") | escaped("\""))\""' >"$config/$name.env"
  if [ -n "$role" ]; then
    # The service takes on its own role; the instance's may do nothing but let it.
    printf '[profile service]\nrole_arn = %s\ncredential_source = Ec2InstanceMetadata\nrole_session_name = %s\n' \
      "$role" "$instance-$name" >"$config/$name.aws"
    printf 'AWS_CONFIG_FILE="%s"\nAWS_PROFILE="service"\n' "$config/$name.aws" >>"$config/$name.env"
  fi
}

start_service() {
  local name=$1
  cat >"/etc/systemd/system/annofarm-$name.service" <<UNIT
[Unit]
Description=annofarm $name
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
User=annofarm
EnvironmentFile=$config/$name.env
# Scratch files go to the disk: /tmp is memory.
Environment=HOME=/var/lib/annofarm/$name TMPDIR=/var/tmp LANG=C.UTF-8 TZ=UTC
StateDirectory=annofarm/$name
UMask=0022
WorkingDirectory=$code/$name
ExecStart=/usr/bin/node $(field "$name" '"./\(.entry)" | @json | split("%") | join("%%") | split("$") | join("$$")')
Restart=always
RestartSec=2
# A wrong environment stays wrong, however often the service is started.
RestartPreventExitStatus=78
TimeoutStopSec=$(field "$name" .stopSeconds)
KillMode=mixed
StandardOutput=append:$logs/$name.log
StandardError=inherit
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
PrivateTmp=yes
PrivateDevices=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK

[Install]
WantedBy=multi-user.target
UNIT
  @ENABLE@
}

ship_logs() {
  jq --arg logs "$logs" '{ logs: { logs_collected: { files: { collect_list: [ .logGroup as $group |
    (.services[].name, "@INSTANCE_LOG@") | {
    file_path: "\($logs)/\(.).log", log_group_name: $group, log_stream_name: "{instance_id}/\(.)" } ] } } } }' \
    "$manifest" >"$config/cloudwatch-agent.json"
  /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s \
    -c "file:$config/cloudwatch-agent.json"
  printf '%s/*.log {\n  size 50M\n  rotate 2\n  copytruncate\n  missingok\n}\n' "$logs" >/etc/logrotate.d/annofarm
  # Sizes are looked at when the timer fires: daily by default, and a day of load fills a small disk.
  mkdir -p /etc/systemd/system/logrotate.timer.d
  printf '[Timer]\nOnCalendar=\nOnCalendar=*:0/10\nAccuracySec=1min\nRandomizedDelaySec=0\n' \
    >/etc/systemd/system/logrotate.timer.d/annofarm.conf
  systemctl daemon-reload
  systemctl enable -q logrotate.timer
  systemctl restart logrotate.timer
}

# Systemd restarts what has died. What hangs is restarted here, after three minutes without any answer; an answer that
# tells of trouble elsewhere (503) is an answer. After ten minutes the instance is sick: nothing else tells a group without
# a balancer that a worker does not work, and protection from scale-in does not keep an unhealthy one.
# A file system that fills, of bytes or of inodes, is a line in the instance's own log each minute; an alarm is made of such lines.
watch_services() {
  cat >"$config/watch" <<'WATCH'
#!/bin/bash
jq -r '.services[] | "\(.name) \(.port) \(.healthPath)"' "$1" | while read -r name port path; do
  missed=/run/annofarm-$name.missed
  if curl -so /dev/null --max-time 10 "http://127.0.0.1:$port$path"; then
    rm -f "$missed"
    continue
  fi
  echo >>"$missed"
  minutes=$(wc -l <"$missed")
  if [ "$minutes" -ge 10 ]; then
    aws autoscaling set-instance-health --instance-id "$2" --health-status Unhealthy --no-should-respect-grace-period
  elif [ $((minutes % 3)) -eq 0 ]; then
    systemctl restart "annofarm-$name.service"
  fi
done
df -l -x tmpfs -x devtmpfs -x efivarfs --output=pcent,ipcent,target | while read -r used inodes mount; do
  used=${"$"}{used%\%} inodes=${"$"}{inodes%\%}
  [[ $used =~ ^[0-9]+$ ]] || continue # the head
  [[ $inodes =~ ^[0-9]+$ ]] || inodes=0 # it counts none
  [ "$used" -ge @FILLING@ ] || [ "$inodes" -ge @FILLING@ ] || continue
  jq -nc --arg mount "$mount" --argjson used "$used" --argjson inodes "$inodes" --arg time "$(date -u +%FT%TZ)" '@FILLING_LINE@'
done >>"$3"
WATCH
  chmod 755 "$config/watch"
  printf '[Service]\nType=oneshot\nEnvironment=AWS_DEFAULT_REGION=%s\nExecStart=%s %s %s %s\n' \
    "$AWS_DEFAULT_REGION" "$config/watch" "$manifest" "$instance" "$logs/@INSTANCE_LOG@.log" >/etc/systemd/system/annofarm-watch.service
  printf '[Timer]\nOnActiveSec=3min\nOnUnitInactiveSec=1min\n[Install]\nWantedBy=timers.target\n' \
    >/etc/systemd/system/annofarm-watch.timer
  systemctl enable --now annofarm-watch.timer
}

# Waits for as long as the launch hook does.
await_health() {
  local name=$1 url
  url="http://127.0.0.1:$(field "$name" .port)$(field "$name" .healthPath)"
  curl -sfo /dev/null --retry 10000 --retry-delay 2 --retry-all-errors --max-time 10 \
    --retry-max-time "$(jq '.launchHook.seconds // 300' "$manifest")" "$url" ||
    give_up "$name is not healthy after $SECONDS s, see $logs/$name.log"
  echo "annofarm: $name is healthy $SECONDS s after boot began"
}
@END@`;
