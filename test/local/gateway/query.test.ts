import test from "ava";
import { queryAnswer, queryInput } from "../../../local/gateway/query.ts";

test("dotted names become structures, numbered members lists in their order", (t) => {
  const flat = {
    Action: "StartInstanceRefresh",
    "Preferences.MinHealthyPercentage": "50",
    "Preferences.CheckpointPercentages.member.2": "100",
    "Preferences.CheckpointPercentages.member.1": "40",
    "DesiredConfiguration.MixedInstancesPolicy.LaunchTemplate.Overrides.member.1.InstanceType": "t4g.small",
    "DesiredConfiguration.MixedInstancesPolicy.LaunchTemplate.Overrides.member.10.InstanceType": "t4g.large",
    "DesiredConfiguration.MixedInstancesPolicy.LaunchTemplate.Overrides.member.2.InstanceType": "t4g.medium",
  };
  t.deepEqual(queryInput(flat), {
    Action: "StartInstanceRefresh",
    Preferences: { MinHealthyPercentage: "50", CheckpointPercentages: ["40", "100"] },
    DesiredConfiguration: {
      MixedInstancesPolicy: {
        LaunchTemplate: {
          Overrides: [{ InstanceType: "t4g.small" }, { InstanceType: "t4g.medium" }, { InstanceType: "t4g.large" }],
        },
      },
    },
  });
  t.deepEqual(queryInput({}), {});
});

test("an answer is XML with nothing in it that could end it", (t) => {
  const { body } = queryAnswer("autoscaling", "Describe", "id-1", {
    List: [{ A: 1, B: "<&", C: undefined }],
    Empty: [],
  });
  t.is(
    body.toString(),
    '<DescribeResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"><DescribeResult><List><member><A>1</A>' +
      "<B>&#60;&#38;</B></member></List><Empty></Empty></DescribeResult><ResponseMetadata><RequestId>id-1</RequestId>" +
      "</ResponseMetadata></DescribeResponse>",
  );
});
