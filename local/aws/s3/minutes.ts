/** The request metrics that S3 publishes of its buckets. */
import type { Call } from "../../gateway/call.ts";
import { counts as data } from "../cloudwatch/datum.ts";
import type { Measure } from "../cloudwatch/minutes.ts";

type BucketCounter = "AllRequests" | "GetRequests" | "PutRequests" | "4xxErrors" | "5xxErrors";

export function createBucketMetrics() {
  let buckets = new Map<string, Map<BucketCounter, number>>();

  /** Counts one request by the status of its answer. */
  function count({ method, bucket }: Pick<Call, "method" | "bucket">, status: number): void {
    if (bucket === undefined) return;
    const counters = buckets.get(bucket) ?? new Map<BucketCounter, number>();
    buckets.set(bucket, counters);
    const add = (counter: BucketCounter) => counters.set(counter, (counters.get(counter) ?? 0) + 1);
    add("AllRequests");
    if (method === "GET") add("GetRequests");
    if (method === "PUT") add("PutRequests");
    if (status >= 500) add("5xxErrors");
    else if (status >= 400) add("4xxErrors");
  }

  const measure: Measure = async (starts) => {
    const taken = buckets;
    buckets = new Map();
    const series = [...taken].flatMap(([bucket, counters]) =>
      data(Object.fromEntries(counters), { BucketName: bucket, FilterId: "EntireBucket" }, starts.at(-1) ?? 0),
    );
    return [{ namespace: "AWS/S3", data: series }];
  };

  return { count, measure };
}
