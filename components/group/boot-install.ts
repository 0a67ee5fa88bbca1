/** What the boot script of every group installs before its services may run, in the script's words. */
export const install = `install_packages
useradd --system --shell /sbin/nologin annofarm
mapfile -t services < <(jq -r '.services[].name' "$manifest")
for name in "${"$"}{services[@]}"; do
  fetch_bundle "$name"
  write_environment "$name"
  start_service "$name"
done
ship_logs`;
