/** The balancer of the local run as a process of its own: EMULATOR and BALANCER say where it is declared, TARGET_PORT its target. */
import { startBalancer } from "../../local/aws/elb/balancer.ts";
import { acceleratedClock } from "../../local/clock.ts";

const { EMULATOR = "", BALANCER = "", PORT, TARGET_PORT } = process.env;
const balancer = await startBalancer({
  emulator: { endpoint: EMULATOR, region: "us-east-1" },
  loadBalancerArn: BALANCER,
  port: Number(PORT),
  clock: acceleratedClock(60),
});
balancer.register({ instanceId: "i-1", host: "127.0.0.1", port: Number(TARGET_PORT) });
