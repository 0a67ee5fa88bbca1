import test from "ava";
import { createMinute } from "../../../../local/aws/elb/minutes.ts";

const dimensions = { loadBalancer: "app/web/50dc6c495c0c9188", targetGroup: "targetgroup/web/73e2d6bc24d8a067" };
const start = Date.UTC(2026, 0, 1, 12, 30);
const answered = (responseSeconds: number, status = 200) => ({ target: "i-1", status, own: false, responseSeconds });

/** `Metric{LoadBalancer,TargetGroup}` → value. */
function values(minute: ReturnType<typeof createMinute>, hosts = { healthy: 2, unhealthy: 0 }) {
  const data = minute.data(start, dimensions, hosts);
  return Object.fromEntries(
    data.map((datum) => [
      `${datum.MetricName} ${datum.Dimensions?.map(({ Name }) => Name).join("+")}`,
      datum.Value ?? datum.Values?.map((value, index) => [value, datum.Counts?.[index]]),
    ]),
  );
}

test("an idle minute has host counts and RequestCountPerTarget, which is always reported: no latency of nothing", (t) => {
  t.deepEqual(values(createMinute(), { healthy: 1, unhealthy: 1 }), {
    "HealthyHostCount TargetGroup+LoadBalancer": 1,
    "RequestCountPerTarget TargetGroup+LoadBalancer": 0,
    "UnHealthyHostCount TargetGroup+LoadBalancer": 1,
  });
  t.deepEqual(values(createMinute(), { healthy: 0, unhealthy: 0 }), {
    "RequestCountPerTarget TargetGroup+LoadBalancer": 0,
  });
});

test("requests, codes and times of a minute, by balancer and by target group", (t) => {
  const minute = createMinute();
  for (let n = 0; n < 5; n++) minute.requested();
  for (const time of [0.0512, 0.0512, 0.2]) minute.record(answered(time));
  minute.record(answered(0.1, 404));
  minute.record({ target: "i-1", status: 502, own: true, responseSeconds: undefined });
  minute.record({ target: undefined, status: 503, own: true, responseSeconds: undefined });
  const found = values(minute);
  t.like(found, {
    "RequestCount TargetGroup+LoadBalancer": 5,
    "RequestCountPerTarget TargetGroup+LoadBalancer": 2.5,
    "HTTPCode_Target_2XX_Count TargetGroup+LoadBalancer": 3,
    "HTTPCode_Target_4XX_Count TargetGroup+LoadBalancer": 1,
    "HTTPCode_ELB_5XX_Count LoadBalancer": 2,
    "HTTPCode_ELB_502_Count LoadBalancer": 1,
    "HTTPCode_ELB_503_Count LoadBalancer": 1,
  });
  t.deepEqual(found["TargetResponseTime TargetGroup+LoadBalancer"] as unknown, [
    [0.0512, 2],
    [0.1, 1],
    [0.2, 1],
  ]);
});

test("a request without a target is in no request count, one without an answer yet is", (t) => {
  const minute = createMinute();
  minute.record({ target: undefined, status: 503, own: true, responseSeconds: undefined });
  t.false("RequestCount TargetGroup+LoadBalancer" in values(minute));
  minute.requested();
  t.is(values(minute)["RequestCount TargetGroup+LoadBalancer"], 1);
});

test("no datum has more than 150 values, and all samples are there", (t) => {
  const minute = createMinute();
  for (let n = 1; n <= 400; n++) minute.record(answered(n / 1_000));
  const times = minute
    .data(start, dimensions, { healthy: 1, unhealthy: 0 })
    .filter((datum) => datum.MetricName === "TargetResponseTime");
  t.deepEqual(
    times.map((datum) => datum.Values?.length),
    [150, 150, 100],
  );
  t.is(
    times.flatMap((datum) => datum.Counts ?? []).reduce((sum, count) => sum + count, 0),
    400,
  );
  t.true(times.every((datum) => datum.Timestamp?.getTime() === start));
});
