/** A busy moment of a farm, with names and figures as a local run has them. */
import type { ConsoleView } from "../../../local/console/view.ts";
import type { InstanceView, ReceivedMail } from "../../../local/types.ts";

const now = Date.UTC(2026, 4, 12, 9, 41, 20);
const ago = (seconds: number) => now - seconds * 1_000;

type Service = InstanceView["services"][number];

const service = (name: string, port: number, extra: Partial<Service> = {}): Service => ({
  name,
  pid: port + 9_000,
  port,
  health: "healthy",
  logFile: "",
  restarts: 0,
  ...extra,
});

const instance = (
  instanceId: string,
  groupName: string,
  services: Service[],
  extra: Partial<InstanceView> = {},
): InstanceView => ({
  instanceId,
  groupName,
  state: "InService",
  protectedFromScaleIn: false,
  template: { id: "lt-0a1b2c3d4e5f60718", version: "3" },
  launchedAt: ago(754),
  logGroup: groupName,
  logFile: "/state/logs/_instance.log",
  services,
  ...extra,
});

const activity = (id: string, seconds: number, description: string) => ({
  id,
  time: ago(seconds),
  description,
  cause:
    "At 2026-05-12T09:41:16Z an instance was started in response to a difference between desired and actual capacity.",
  status: "Successful",
});

const historyEnd = Math.floor((now + 59 * 760_000) / 60_000) * 60_000;
/** Forty minutes: a class comes, the farm grows, the class goes. */
const minutes = Array.from({ length: 40 }, (_, n) => historyEnd - (40 - n) * 60_000);
const wave = (n: number) => Math.max(0, Math.sin(((n - 4) / 30) * Math.PI));
const over = <Value>(of: (n: number) => Value): Value[] => minutes.map((_, n) => of(n));
const sizes = (least: number, most: number, size: (n: number) => number) => ({
  min: over(() => least),
  max: over(() => most),
  desired: over(size),
  inService: over((n) => size(Math.max(0, n - 2))),
});

const history: ConsoleView["history"] = {
  minutes,
  groups: [
    {
      name: "gas-local-web",
      ...sizes(2, 10, (n) => 2 + Math.round(6 * wave(n))),
      web: {
        requests: over((n) => Math.round(1_900 * wave(n))),
        p50: over((n) => (wave(n) === 0 ? null : 0.2 + 3 * wave(n) ** 3)),
        p95: over((n) => (wave(n) === 0 ? null : 0.7 + 8 * wave(n) ** 3)),
      },
      queues: [],
    },
    {
      name: "gas-local-annotator",
      ...sizes(2, 10, (n) => (n > 20 ? 3 : 2)),
      queues: [
        { name: "gas-local-job-requests", visible: over((n) => Math.round(40 * wave(n))), inFlight: over(() => 2) },
      ],
    },
    { name: "gas-local-utility", ...sizes(1, 1, () => 1), queues: [] },
  ],
  alarms: [
    {
      name: "gas-local-web-scale-out",
      group: "gas-local-web",
      scales: "out",
      metric: "RequestCount, Sum",
      sign: ">",
      threshold: 200,
      values: over((n) => (wave(n) === 0 ? null : Math.round(1_900 * wave(n)))),
      states: over((n) => (wave(n) > 0.11 ? "ALARM" : "OK")),
    },
    {
      name: "gas-local-web-scale-in",
      group: "gas-local-web",
      scales: "in",
      metric: "TargetResponseTime, Average",
      sign: "<",
      threshold: 0.05,
      values: over((n) => (wave(n) === 0 ? null : 0.25 + 3 * wave(n) ** 3)),
      states: over((n) => (n < 2 ? "INSUFFICIENT_DATA" : wave(n) === 0 ? "ALARM" : "OK")),
    },
    {
      name: "gas-local-annotator-scale-out",
      group: "gas-local-annotator",
      scales: "out",
      metric: "MAX([(requests / 1600), IF((response > 0.5), ((requests / 60) * response), 0)])",
      sign: "≥",
      threshold: 30,
      values: over((n) => Math.round(50 * wave(n))),
      states: over((n) => (50 * wave(n) >= 30 ? "ALARM" : "OK")),
    },
    {
      name: "gas-local-job-requests-dlq-depth",
      metric: "ApproximateNumberOfMessagesVisible, Maximum",
      sign: ">",
      threshold: 0,
      values: over(() => 0),
      states: over(() => "OK"),
    },
  ],
};

export const view: ConsoleView = {
  time: now,
  localTime: now + 59 * 760_000,
  startedAt: ago(760),
  stack: "local",
  speed: 60,
  store: "s3",
  endpoint: "http://localhost:5001",
  region: "us-east-1",
  capacities: [
    {
      group: "gas-local-web",
      kind: "web",
      rate: 4.9,
      concurrency: 1,
      queueLimit: 1000,
      distribution: { kind: "exponential" },
      seed: 1,
    },
    {
      group: "gas-local-annotator",
      kind: "workers",
      jobSeconds: 60,
      distribution: { kind: "lognormal", variation: 1 },
      seed: 1,
    },
  ],
  links: [
    { label: "Service", url: "http://localhost:8080/" },
    { label: "Sign-in", url: "http://localhost:8090/" },
    { label: "Emulator", url: "http://127.0.0.1:5000/moto-api/" },
  ],
  groups: [
    {
      name: "gas-local-web",
      min: 2,
      desired: 3,
      max: 10,
      inService: 2,
      refresh: {
        status: "InProgress",
        percent: 33,
        reason: "Waiting for instances to warm up before continuing. For example: i-0b9f0e1d2c3a45678 is warming up.",
        version: "4",
      },
      activities: [
        activity("a3", 4, "Launching a new EC2 instance: i-0c41d9e7a2b35f801"),
        activity("a2", 750, "Launching a new EC2 instance: i-0b9f0e1d2c3a45678"),
        activity("a1", 751, "Launching a new EC2 instance: i-0a1b2c3d4e5f60718"),
      ],
    },
    {
      name: "gas-local-annotator",
      min: 2,
      desired: 2,
      max: 10,
      inService: 1,
      refresh: {
        status: "RollbackSuccessful",
        percent: 0,
        reason:
          "Automatic rollback was initiated. The instance refresh failed because it could not continue for one hour.",
        version: "4",
        ended: ago(95),
      },
      activities: [
        activity(
          "b1",
          12,
          "Terminating EC2 instance: i-0f77e6d5c4b3a2910 - replaced because it failed its health check",
        ),
      ],
    },
    { name: "gas-local-utility", min: 1, desired: 1, max: 1, inService: 1, activities: [] },
  ],
  instances: [
    instance("i-0a1b2c3d4e5f60718", "gas-local-web", [service("web", 20_101)]),
    instance("i-0b9f0e1d2c3a45678", "gas-local-web", [service("web", 20_102)]),
    instance("i-0c41d9e7a2b35f801", "gas-local-web", [service("web", 20_106, { health: "starting" })], {
      state: "Pending",
      launchedAt: ago(4),
    }),
    instance("i-0d5e6f708192a3b4c", "gas-local-annotator", [service("annotator", 20_103)], {
      protectedFromScaleIn: true,
    }),
    instance(
      "i-0f77e6d5c4b3a2910",
      "gas-local-annotator",
      [service("annotator", 20_104, { health: "unhealthy", restarts: 3 })],
      { state: "Terminating", launchedAt: ago(310) },
    ),
    instance("i-0e6f708192a3b4c5d", "gas-local-utility", [
      service("archiver", 20_107),
      service("restorer", 20_108, { restarts: 1 }),
      service("notifier", 20_109),
    ]),
  ],
  balancer: {
    targets: [
      { instanceId: "i-0a1b2c3d4e5f60718", port: 20_101, health: "healthy" },
      { instanceId: "i-0b9f0e1d2c3a45678", port: 20_102, health: "healthy" },
      { instanceId: "i-0c41d9e7a2b35f801", port: 20_106, health: "initial" },
    ],
    requestsPerMinute: [0, 4, 11, 8, 0, 2, 31, 64, 120, 212, 188, 97, 41],
  },
  queues: [
    {
      name: "gas-local-job-requests",
      visible: 7,
      inFlight: 2,
      delayed: 0,
      oldestSeconds: 95,
      deadLetters: { name: "gas-local-job-requests-dlq", messages: 0 },
    },
    {
      name: "gas-local-job-archive",
      visible: 0,
      inFlight: 14,
      delayed: 0,
      deadLetters: { name: "gas-local-job-archive-dlq", messages: 0 },
    },
    {
      name: "gas-local-job-notify",
      visible: 0,
      inFlight: 0,
      delayed: 0,
      deadLetters: { name: "gas-local-job-notify-dlq", messages: 0 },
    },
    {
      name: "gas-local-job-restore",
      visible: 1,
      inFlight: 0,
      delayed: 0,
      oldestSeconds: 2,
      deadLetters: { name: "gas-local-job-restore-dlq", messages: 2 },
    },
    { name: "gas-local-archive-events", visible: 0, inFlight: 0, delayed: 0 },
  ],
  alarms: [
    {
      name: "gas-local-web-scale-in",
      state: "INSUFFICIENT_DATA",
      reason: "Insufficient Data: 1 datapoint was unknown.",
      metric: "TargetResponseTime, Average",
      threshold: "< 0.05, 1 of 1 × 60 s",
    },
    {
      name: "gas-local-web-scale-out",
      state: "ALARM",
      reason: "Threshold Crossed: 1 datapoint (212.0) was greater than the threshold (200.0).",
      metric: "RequestCount, Sum",
      threshold: "> 200, 1 of 1 × 60 s",
      since: ago(38),
    },
    {
      name: "gas-local-annotator-scale-out",
      state: "OK",
      reason: "Threshold Crossed: 1 datapoint (9.0) was not greater than or equal to the threshold (30.0).",
      metric: "NumberOfMessagesSent, Sum",
      threshold: "≥ 30, 1 of 1 × 900 s",
      since: ago(700),
    },
    {
      name: "gas-local-job-requests-dlq-depth",
      state: "OK",
      reason: "no datapoint above 0",
      metric: "ApproximateNumberOfMessagesVisible, Maximum",
      threshold: "> 0, 1 of 1 × 60 s",
      since: ago(700),
    },
  ],
  history,
  jobs: [
    {
      id: "0b1c2d3e-4f50-4162-8374-95a6b7c8d9e0",
      user: "ada.lindqvist@genomics.example",
      file: "clinvar_chr17_brca1.vcf.gz",
      status: "RUNNING",
      submitTime: ago(21) / 1_000,
      worker: "i-0d5e6f708192a3b4c/20412",
      progressPercent: 62.4,
      attempts: 2,
    },
    {
      id: "1c2d3e4f-5061-4273-8495-a6b7c8d9e0f1",
      user: "ada.lindqvist@genomics.example",
      file: "a rather long file name of a cohort, second batch, filtered.vcf",
      status: "PENDING",
      submitTime: ago(15) / 1_000,
    },
    {
      id: "2d3e4f50-6172-4384-95a6-b7c8d9e0f102",
      user: "max.okonkwo@biolab.example",
      file: "panel_07.vcf",
      status: "COMPLETED",
      resultState: "RESTORING",
      submitTime: ago(640) / 1_000,
      completeTime: ago(631) / 1_000,
      restoreExpectedTime: now / 1_000 + 180,
      worker: "i-0d5e6f708192a3b4c/20412",
    },
    {
      id: "3e4f5061-7283-4495-a6b7-c8d9e0f10213",
      user: "ada.lindqvist@genomics.example",
      file: "trio.vcf",
      status: "COMPLETED",
      resultState: "AVAILABLE",
      submitTime: ago(655) / 1_000,
      completeTime: ago(650) / 1_000,
      archiveDueTime: now / 1_000 + 88,
    },
    {
      id: "4f506172-8394-45a6-b7c8-d9e0f1021324",
      user: "ada.lindqvist@genomics.example",
      file: "exome_old.vcf",
      status: "COMPLETED",
      resultState: "ARCHIVED",
      submitTime: ago(720) / 1_000,
      completeTime: ago(716) / 1_000,
    },
    {
      id: "50617283-94a5-46b7-88d9-e0f102132435",
      user: "ada.lindqvist@genomics.example",
      file: "notes.vcf",
      status: "FAILED",
      submitTime: ago(730) / 1_000,
      completeTime: ago(730) / 1_000,
      failure: "line 3: no #CHROM header before the first record",
    },
  ],
  mails: [
    {
      id: "m-2",
      time: ago(29),
      to: ["ada.lindqvist@genomics.example"],
      subject: "Your annotation of trio.vcf is ready",
    },
    {
      id: "m-1",
      time: ago(730),
      to: ["ada.lindqvist@genomics.example"],
      subject: "Your annotation of notes.vcf failed",
    },
  ],
  calls: {
    total: 4_812,
    top: [
      { service: "sqs", action: "ReceiveMessage", count: 2_210 },
      { service: "dynamodb", action: "Query", count: 988 },
      { service: "dynamodb", action: "GetItem", count: 640 },
      { service: "s3", action: "PutObject", count: 122 },
      { service: "sns", action: "Publish", count: 61 },
      { service: "sesv2", action: "SendEmail", count: 30 },
    ],
  },
  problems: [],
};

export const mails: readonly ReceivedMail[] = [
  {
    id: "m-1",
    time: ago(730),
    from: "gas@annofarm.example",
    to: ["ada.lindqvist@genomics.example"],
    subject: "Your annotation of notes.vcf failed",
    text: "Line 3: no #CHROM header before the first record.\n",
    html: "",
  },
  {
    id: "m-2",
    time: ago(29),
    from: "gas@annofarm.example",
    to: ["ada.lindqvist@genomics.example"],
    subject: "Your annotation of trio.vcf is ready",
    text: "Ada, your file trio.vcf has been annotated.\n\nhttp://localhost:8080/annotations/3e4f5061\n",
    html: '<div style="font-family:sans-serif;padding:16px"><h2>Annotated</h2><p>Ada, your file <b>trio.vcf</b> has been annotated.</p><p><a href="http://localhost:8080/annotations/3e4f5061">View the job</a></p><script>parent.document.title="owned"</script></div>',
  },
];
