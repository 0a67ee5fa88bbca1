/**
 * What the boot script does differently where the group has a warm pool: it installs, and a unit of its own brings the instance into
 * service when the group wants it there.
 *
 *     first boot ─▶ installed ─▶ into the pool? the launch hook is completed, the services do not run
 *                                     │  stopped, started again; or hibernated; or waiting as it runs
 *     annofarm-join, at every boot ───┴─▶ wanted in service ─▶ services, watch ─▶ healthy: the launch hook is completed
 *
 * Cloud-init runs user data at the first boot only, so the unit runs what is kept of the script. It asks the instance's metadata for the
 * state that the group wants; a machine that hibernates wakes up within that question.
 */
import { install } from "./boot-install.ts";

/** In the script's words, by the places that a group's boot script leaves open. */
export const warmBoot = {
  /** Services start when the instance is to serve, which the machine's start is not yet. */
  enable: "systemctl daemon-reload",
  end: String.raw`
# What the group wants of this instance: InService, or the pool's state, such as Warmed:Stopped.
wanted() {
  local token
  token=$(curl -sfX PUT "$metadata/api/token" -H 'X-aws-ec2-metadata-token-ttl-seconds: 60') || return 0
  curl -sf -H "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/autoscaling/target-lifecycle-state" || true
}

# Keeps the script, and has it run again with "join" whenever the machine starts.
keep_joining() {
  install -m 755 "$0" "$config/boot"
  printf '[Unit]\nWants=network-online.target\nAfter=network-online.target\n[Service]\nExecStart=%s join\n[Install]\nWantedBy=multi-user.target\n' \
    "$config/boot" >/etc/systemd/system/annofarm-join.service
  systemctl daemon-reload
  systemctl enable -q annofarm-join.service
}

# Waits for the day that the instance is wanted; without an end, for a pool may keep it for months.
join_group() {
  until [ "$(wanted)" = InService ]; do sleep 2; done
  SECONDS=0
  for name in "${"$"}{services[@]}"; do systemctl start "annofarm-$name.service"; done
  watch_services
  for name in "${"$"}{services[@]}"; do await_health "$name"; done
  answer_launch CONTINUE
}

if [ "${"$"}{1:-}" = join ]; then
  mapfile -t services < <(jq -r '.services[].name' "$manifest")
  join_group
  exit
fi
${install}
keep_joining
case $(wanted) in
  Warmed:*) answer_launch CONTINUE ;; # into the pool; from now on the machine may be stopped at any time
esac
systemctl start --no-block annofarm-join.service
`,
} as const;
