/** Elastic Load Balancing. */
import { balancer } from "../cost/rules/network.ts";
import { byDesign, free, known, priced } from "./cost.ts";
import { generic, loadBalancing } from "./outputs.ts";
import { byName } from "./replacement.ts";
import { box, detail, goesWith, listedAs, notRunHere, type ResourceTypes } from "./resource-type.ts";

export const lb: ResourceTypes = {
  "aws:lb/listener:Listener": {
    outputs: ({ inputs, hex }) => {
      const arn = `${String(inputs.loadBalancerArn).replace(":loadbalancer/", ":listener/")}/${hex(16)}`;
      return { id: arn, arn };
    },
    replacement: { replace: ["loadBalancerArn"], source: "elbv2/listener.go" },
    cost: free(byDesign.balancing),
    picture: detail,
    inAccount: listedAs("listener"),
  },
  "aws:lb/listenerRule:ListenerRule": {
    outputs: ({ inputs, hex }) => {
      const arn = `${String(inputs.listenerArn).replace(":listener/", ":listener-rule/")}/${hex(16)}`;
      return { id: arn, arn };
    },
    replacement: { replace: ["listenerArn"], source: "elbv2/listener_rule.go" },
    cost: free(byDesign.balancing),
    picture: detail,
    inAccount: listedAs("listener rule"),
  },
  "aws:lb/loadBalancer:LoadBalancer": {
    outputs: loadBalancing("loadbalancer", "app/"),
    replacement: byName("elbv2/load_balancer.go", "customerOwnedIpv4Pool", "internal", "loadBalancerType"),
    cost: priced(
      balancer,
      known(
        "accessLogs clientKeepAlive desyncMitigationMode dropInvalidHeaderFields enableCrossZoneLoadBalancing " +
          "enableDeletionProtection enableHttp2 enableTlsVersionAndCipherSuiteHeaders enableWafFailOpen enableXffClientPort " +
          "enableZonalShift idleTimeout internal loadBalancerType preserveHostHeader securityGroups subnets " +
          "subnetMappings[].subnetId xffHeaderProcessingMode",
        { ipAddressType: ["ipv4", "dualstack", "dualstack-without-public-ipv4"] },
      ),
    ),
    picture: box("balancer", "Load balancer"),
    inAccount: listedAs("load balancer"),
  },
  "aws:lb/targetGroup:TargetGroup": {
    outputs: loadBalancing("targetgroup", ""),
    replacement: byName(
      "elbv2/target_group.go",
      "ipAddressType",
      "port",
      "protocol",
      "protocolVersion",
      "targetType",
      "vpcId",
    ),
    cost: free(byDesign.balancing),
    picture: detail,
    inAccount: listedAs("target group"),
  },
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": {
    outputs: generic,
    replacement: notRunHere,
    cost: free(byDesign.balancing),
    picture: detail,
    inAccount: goesWith("target group"),
  },
};
