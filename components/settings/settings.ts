/** What a stack's configuration says (`pulumi config`, `Pulumi.<stack>.yaml`), read once, typed, all mistakes told together. */
import { type Config, runtime } from "@pulumi/pulumi";
import { checkTimeZone } from "../../runtime/contract/cron.ts";
import { imageSettings } from "../../runtime/contract/image.ts";
import {
  type ArchiveStoreKind,
  archiveStoreKinds,
  type RetrievalTier,
  retrievalTiers,
} from "../../runtime/contract/storage.ts";
import { kmsKeyRule } from "../base/customer-key.ts";
import { type Duration, parseDuration } from "../base/duration.ts";
import { domainOf, isWithin, ownerPattern, ownerRule } from "../base/naming.ts";
import { type Naming, namings } from "../base/stack-names.ts";
import { tracesRules } from "../base/traces.ts";
import { ArgumentsError, form, ordered, rule } from "../base/validate.ts";
import { given } from "../bundle/service.ts";
import { instanceTypeDefault } from "../group/group-args.ts";
import { type Architecture, architectureOf, architectures, instanceTypeRules } from "../group/instance-type.ts";
import { type Rolling, rollings } from "../group/launch-template.ts";
import { type EndpointKind, endpointKinds } from "../network/interface-endpoints.ts";
import { zoneNameRules } from "../network/zones.ts";
import { type AnnotatorScaling, annotatorScalingRules } from "../pipelines/annotator-scaling.ts";
import { usualRetention } from "../pipelines/archive-pipeline.ts";
import { archiveNoticeRule } from "../pipelines/notify-pipeline.ts";
import { referenceRules } from "../pipelines/reference-data.ts";
import { annotatorScalings, uselessFigures, webScalings } from "../scaling/scaling-settings.ts";
import { parseSchedules } from "../scaling/schedule-text.ts";
import { type ScheduledSize, scheduledSizeRules } from "../scaling/scheduled-size.ts";
import { archiveKeyRule } from "../storage/archive-store.ts";
import type { WebScaling } from "../web/web-scaling.ts";
import { parameterPrefixRule } from "../web/web-service.ts";
import { type ExistingSettings, existingSettings } from "./existing-settings.ts";
import { type GroupSettings, readGroups } from "./group-settings.ts";
import { unknownSettings } from "./known-settings.ts";
import { settingsReader } from "./settings-reader.ts";

/** The configuration of the service's own program, complete. */
export interface Settings extends ExistingSettings, GroupSettings {
  /** Student, team or class; begins every name and gives the subdomain. */
  readonly owner: string;
  /** Route 53 zone of the service's host name. Without it: the balancer's own name. */
  readonly domain: string | undefined;
  /** Where the service is: in that zone, `<owner>.<domain>` unless it is set. */
  readonly hostName: string | undefined;
  /** Origin users see when something stands in front of the balancer. */
  readonly publicUrl: string | undefined;
  /** What makes names unique in the account; the components read it themselves. */
  readonly names: Naming;
  /** Refuse deletion of what cannot be made again. */
  readonly production: boolean;
  /** Where instances stand. */
  readonly instances: "public" | "private";
  /** Which connections of the network are recorded: without a word, refused ones of a VPC of ours in production, else none. */
  readonly flowLogs: "none" | "rejected" | "all";
  /** Availability zones of the stack's own VPC, by name; none said: the first two. */
  readonly zones: readonly string[] | undefined;
  /** How instances reach AWS's services; none said: as a network does by itself. */
  readonly endpoints: EndpointKind | undefined;
  /** EC2 instance type of every machine. */
  readonly instanceType: string | undefined;
  /** Architecture of a type that is newer than the AWS provider's list. */
  readonly architecture: Architecture | undefined;
  /** Image of every machine, which fits their architecture; `undefined`: the newest there is at each deployment. */
  readonly imageId: string | undefined;
  /** When changed code, settings or machines reach instances. */
  readonly rolls: Rolling;
  /** Bounds of the web farm. */
  readonly webSize: { readonly min: number; readonly max: number };
  /** Bounds of the annotator farm. */
  readonly annotatorSize: { readonly min: number; readonly max: number };
  /** When the web farm grows and shrinks; `undefined`: as recommended. */
  readonly webScaling: WebScaling | undefined;
  /** When the annotator farm does. */
  readonly annotatorScaling: AnnotatorScaling | undefined;
  /** Least sizes of the web farm by the clock. */
  readonly webSchedules: readonly ScheduledSize[];
  /** Of the annotator farm. */
  readonly annotatorSchedules: readonly ScheduledSize[];
  /** Whether CloudWatch shows both farms on a dashboard, about $3 a month. */
  readonly dashboard: boolean;
  /** How long a claimed job stays claimed without a sign of life. */
  readonly lease: Duration | undefined;
  /** How often what a crash has left behind is looked after. */
  readonly sweepEvery: Duration | undefined;
  /** Cold storage. */
  readonly store: ArchiveStoreKind;
  /** How long a free user's result stays in standard storage. */
  readonly retention: Duration | undefined;
  /** How long before a free user's result is archived a mail says so; `undefined`: as the free period's length asks for. */
  readonly archiveNotice: Duration | undefined;
  /** Asked for when results come back. */
  readonly retrievalTier: RetrievalTier | undefined;
  /** Address mails come from. */
  readonly mailFrom: string;
  /** Zone that can prove the domain of `mailFrom`; none when the address belongs elsewhere. */
  readonly mailZone: string | undefined;
  /** False when somebody else has made the SES identity. */
  readonly createMailIdentity: boolean;
  /** Told of alarms: dead letters, refused calls, failed requests, old messages, failed launches and refreshes. */
  readonly operatorEmail: string | undefined;
  /** ARN of an SNS topic that is told the same, such as one that a chat tool reads. */
  readonly alarmTopic: string | undefined;
  /** USD a year after which AWS mails the operator; none: no budget is declared. */
  readonly budget: number | undefined;
  /** Whom people sign in with. */
  readonly identity: { readonly issuer: string; readonly clientId: string };
  /** Stripe's side of the premium plan. */
  readonly payments: {
    readonly publishableKey: string;
    readonly priceId: string;
    readonly apiUrl?: string;
    readonly jsUrl?: string;
  };
  /** ARN of the KMS key that encrypts everything that is kept; none: AWS's own keys. */
  readonly kmsKeyArn: string | undefined;
  /** Where requests are traced to, and which share of them; none: nothing is traced. */
  readonly traces: { readonly endpoint: string; readonly percent?: number } | undefined;
  /** Directory of reference data for the built-in annotator; none: those built in. */
  readonly reference: string | undefined;
  /** Begin of the names of the secrets' parameters. */
  readonly parameterPrefix: string | undefined;
}

type Reader = ReturnType<typeof settingsReader>;

/** A farm refuses them itself, but only once other resources stand already. */
function readSchedules(
  { parsed, path, note }: Reader,
  farm: string,
  size: { min: number; max: number },
  timeZone: string | undefined,
) {
  const key = `${farm}Schedule`;
  const found = parsed(key, (text) => parseSchedules(text, timeZone)) ?? [];
  for (const each of scheduledSizeRules(found, size)) {
    if (!each) continue;
    const [, index = "0"] = /^schedules\[(\d+)\]/.exec(each.path) ?? [];
    const reason = each.reason.replace(/size\.(min|max)/g, (_, bound: string) =>
      path(bound === "min" ? `${farm}Min` : `${farm}Max`),
    );
    note({ path: path(key), reason: `schedule ${Number(index) + 1}: ${reason}` });
  }
  return found;
}

/** How the farms scale, by the word and the figures that the configuration gives. */
function readScaling({ mistakes, path, optional, oneOf, whole, parsed }: Reader) {
  const duration = (key: string) => parsed(key, parseDuration);
  const requestsEach = { min: 1, max: 10_000_000, unit: "requests a minute" };
  const useless = (farm: string, word: string, keys: readonly string[]) => {
    for (const key of keys) {
      const name = path(`${farm}${key.charAt(0).toUpperCase()}${key.slice(1)}`);
      mistakes.push({
        path: name,
        reason: `is not asked for by ${path(`${farm}Scaling`)}: ${word}; leave one of both out`,
      });
    }
  };
  const web = () => {
    const word = oneOf("webScaling", Object.keys(webScalings) as (keyof typeof webScalings)[]) ?? "recommended";
    const figures = {
      requestsPerTarget: optional("webRequestsPerTarget") ? whole("webRequestsPerTarget", 1, requestsEach) : undefined,
    };
    useless("web", word, uselessFigures(webScalings[word], figures));
    return webScalings[word].scaling(figures);
  };
  const annotator = () => {
    const words = Object.keys(annotatorScalings) as (keyof typeof annotatorScalings)[];
    const word = oneOf("annotatorScaling", words) ?? "recommended";
    const figures = { jobTakes: duration("annotatorJobTakes"), acceptableWait: duration("annotatorAcceptableWait") };
    useless("annotator", word, uselessFigures(annotatorScalings[word], figures));
    return annotatorScalings[word].scaling(figures);
  };
  return { web, annotator };
}

/** How the settings call what a farm calls otherwise, and the setting that each contradicts. */
const annotatorRuleKeys: Readonly<Record<string, readonly [key: string, other: string]>> = {
  "size.min": ["annotatorMin", "annotatorScaling"],
  "scaling.acceptableWait": ["annotatorAcceptableWait", "annotatorJobTakes"],
  "scaling.jobTakes": ["annotatorJobTakes", "annotatorScaling"],
};

/** A farm refuses it itself, but only once other resources stand already. */
function noteAnnotatorScaling({ note, path }: Reader, scaling: AnnotatorScaling | undefined, sizeMin: number): void {
  for (const each of annotatorScalingRules(scaling, sizeMin)) {
    const [key, other] = each ? (annotatorRuleKeys[each.path] ?? []) : [];
    if (each && key !== undefined) note({ path: path(key), reason: `${each.reason} (${path(other ?? "")})` });
  }
}

/** USD a year; somebody has to be told. */
function readBudget({ optional, path, mistakes, whole }: Reader): number | undefined {
  if (optional("budget") === undefined) return undefined;
  if (optional("operatorEmail") === undefined) {
    mistakes.push({
      path: path("operatorEmail"),
      reason: `is not set; give the address that AWS mails about the budget (${path("budget")})`,
    });
  }
  return whole("budget", 1, { min: 1, max: 1_000_000, unit: "USD" });
}

function readAlarmTopic({ optional, note, path }: Reader): string | undefined {
  const arn = optional("alarmTopic");
  const topic = /^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w-]+$/;
  note(form(path("alarmTopic"), arn, topic, "the ARN of an SNS topic: arn:aws:sns:…:…:…"));
  return arn;
}

function readSize({ whole, note, path }: Reader, farm: string): { min: number; max: number } {
  const instances = (min: number) => ({ min, max: 1000, unit: "instances" });
  const bounds = { min: whole(`${farm}Min`, 2, instances(0)), max: whole(`${farm}Max`, 10, instances(1)) };
  note(ordered([path(`${farm}Min`), bounds.min], [path(`${farm}Max`), bounds.max]));
  return bounds;
}

/** An image is pinned for its architecture: machines of the other one do not get it. */
function readImage({ optional, note, path }: Reader, architecture: Architecture): string | undefined {
  const pinned = architectures.map((each) => [each, optional(imageSettings[each])] as const);
  for (const [each, id] of pinned) {
    note(
      form(path(imageSettings[each]), id, /^ami-[0-9a-f]{8,17}$/, "the id of an image such as ami-0123456789abcdef0"),
    );
  }
  return pinned.find(([each]) => each === architecture)?.[1];
}

function readMachine(reader: Reader): Pick<Settings, "instanceType" | "architecture" | "imageId"> {
  const { optional, oneOf, note, path } = reader;
  const [instanceType, architecture] = [optional("instanceType"), oneOf("architecture", architectures)];
  const rules =
    instanceType === undefined ? [] : instanceTypeRules("instanceType", instanceType, given({ architecture }));
  for (const each of rules) if (each) note({ ...each, path: path(each.path) });
  const imageId = readImage(reader, architecture ?? architectureOf(instanceType ?? instanceTypeDefault));
  return { instanceType, architecture, imageId };
}

function readParameterPrefix({ optional, note, path }: Reader): string | undefined {
  const prefix = optional("parameterPrefix");
  note(parameterPrefixRule(path("parameterPrefix"), prefix));
  return prefix;
}

function readReference({ optional, note, path }: Reader): string | undefined {
  const directory = optional("reference");
  for (const each of referenceRules(path("reference"), directory)) note(each);
  return directory;
}

function readTraces({ optional, whole, note, path }: Reader): Settings["traces"] {
  const endpoint = optional("traces");
  const isGiven = optional("tracesPercent") !== undefined;
  const percent = whole("tracesPercent", 100, { min: 1, max: 100, unit: "%" });
  note(rule(path("tracesPercent"), isGiven && endpoint === undefined, `is a share of nothing; set ${path("traces")}`));
  if (endpoint === undefined) return undefined;
  for (const each of tracesRules({ endpoint }, { endpoint: path("traces"), percent: path("tracesPercent") }))
    note(each);
  return isGiven ? { endpoint, percent } : { endpoint };
}

const readIdentity = ({ required }: Reader): Settings["identity"] => ({
  issuer: required("identityIssuer", "the OpenID Connect issuer, such as https://auth.globus.org"),
  clientId: required("identityClientId", "the client id the issuer has given to this service"),
});

const readPayments = ({ required, optional }: Reader): Settings["payments"] => ({
  publishableKey: required("stripePublishableKey", "Stripe's publishable key, pk_test_…"),
  priceId: required("stripePriceId", "the price of the premium plan, price_…"),
  ...given({ apiUrl: optional("stripeApiUrl"), jsUrl: optional("stripeJsUrl") }),
});

/** Without an address of its own the stack mails from its host. */
function readMailFrom({ optional, required, path }: Reader, hostName: string | undefined): string {
  const given = optional("mailFrom");
  if (given !== undefined) return given;
  if (hostName !== undefined) return `noreply@${hostName}`;
  return required("mailFrom", `the address mails come from, or ${path("domain")}`);
}

/** @param region `aws:region`; where that is not set, the component looks at the provider's. */
function readZones({ list, note, path }: Reader, region: string | undefined): string[] | undefined {
  const zones = list("zones");
  for (const each of zoneNameRules(path("zones"), zones, region)) note(each);
  return zones;
}

/** What fits by itself and not together. */
function noteMisfits({ note, path }: Reader, settings: Settings): void {
  const { endpoints, zones, network, kmsKeyArn, store, retention = usualRetention, archiveNotice } = settings;
  note(
    rule(
      path("zones"),
      zones !== undefined && network !== undefined,
      `are those of the subnets that are there already; leave it out, or ${path("vpcId")}`,
    ),
  );
  note(
    rule(
      path("endpoints"),
      endpoints !== undefined && network !== undefined,
      `are those of the VPC that is there already; leave it out, or ${path("vpcId")}`,
    ),
  );
  note(archiveNoticeRule({ archive: { retention }, ...given({ archiveNotice }) }, path("archiveNotice")));
  note(kmsKeyRule(kmsKeyArn, path("kmsKeyArn")));
  note(archiveKeyRule(store, kmsKeyArn !== undefined, [path("kmsKeyArn"), path("store")]));
}

/**
 * Where a stack with a domain is. The name does not have the stack in it: people, the identity provider and Stripe are given it, and it
 * must outlive a stack's own name. A second stack of an owner is told another.
 */
function readHostName({ optional, note, path }: Reader, owner: string, domain: string | undefined): string | undefined {
  if (domain === undefined) return undefined;
  const hostName = optional("hostName") ?? `${owner}.${domain}`;
  // A listener that is there already has a certificate of its own, perhaps for another domain.
  const outside = optional("listenerArn") === undefined && !isWithin(hostName, domain);
  const reason = `${hostName} is not in ${domain}, where its record would stand; give a name that ends in .${domain}`;
  note(rule(path("hostName"), outside, reason));
  return hostName;
}

function readOwner({ optional, note, path }: Reader): string {
  const owner = optional("owner") ?? "gas";
  note(form(path("owner"), owner, ownerPattern, ownerRule));
  return owner;
}

const readTimeZone = ({ parsed }: Reader): string | undefined =>
  parsed("timeZone", (text) => {
    checkTimeZone(text);
    return text;
  });

/**
 * @param configured full keys of everything that is configured.
 * @param region `aws:region`, which zones have to be of.
 * @throws {ArgumentsError} naming every key that is missing, malformed or unknown.
 */
export function readSettings(
  config: Pick<Config, "get" | "name">,
  configured: readonly string[] = Object.keys(runtime.allConfig()),
  region: string | undefined = runtime.allConfig()["aws:region"],
): Settings {
  const reader = settingsReader(config);
  const { mistakes, path, note, optional, oneOf, flag, whole, list, parsed } = reader;
  const duration = (key: string) => parsed(key, parseDuration);
  const timeZone = readTimeZone(reader);
  const sizes = { web: readSize(reader, "web"), annotator: readSize(reader, "annotator") };
  const schedulesOf = (farm: "web" | "annotator") => readSchedules(reader, farm, sizes[farm], timeZone);
  const scaling = readScaling(reader);
  const annotatorBy = scaling.annotator();
  noteAnnotatorScaling(reader, annotatorBy, sizes.annotator.min);
  const owner = readOwner(reader);
  const domain = optional("domain");
  const hostName = readHostName(reader, owner, domain);
  const mailFrom = readMailFrom(reader, hostName);
  const production = flag("production", false);
  const existing = existingSettings({ optional, list, whole, path, note }, hostName);
  const settings: Settings = {
    owner,
    domain,
    hostName,
    publicUrl: optional("publicUrl"),
    ...existing,
    names: oneOf("names", namings) ?? "stack",
    production,
    instances: oneOf("instances", ["public", "private"]) ?? (existing.network === undefined ? "public" : "private"),
    // Of a VPC that is there already, whoever made it decides.
    flowLogs:
      oneOf("flowLogs", ["none", "rejected", "all"]) ??
      (production && existing.network === undefined ? "rejected" : "none"),
    zones: readZones(reader, region),
    endpoints: oneOf("endpoints", endpointKinds),
    ...readMachine(reader),
    // A component does what `pulumi up` is expected to; the service has users, and a roll that fails them goes back.
    rolls: oneOf("rolls", rollings) ?? "byCommand",
    webSize: sizes.web,
    annotatorSize: sizes.annotator,
    webScaling: scaling.web(),
    annotatorScaling: annotatorBy,
    webSchedules: schedulesOf("web"),
    annotatorSchedules: schedulesOf("annotator"),
    ...readGroups(reader),
    dashboard: flag("dashboard", true),
    lease: duration("lease"),
    sweepEvery: duration("sweepEvery"),
    store: oneOf("store", archiveStoreKinds) ?? "s3",
    retention: duration("retention"),
    archiveNotice: duration("archiveNotice"),
    retrievalTier: oneOf("retrievalTier", retrievalTiers),
    mailFrom,
    mailZone: domain !== undefined && isWithin(domainOf(mailFrom), domain) ? domain : undefined,
    createMailIdentity: flag("createMailIdentity", true),
    operatorEmail: optional("operatorEmail"),
    alarmTopic: readAlarmTopic(reader),
    budget: readBudget(reader),
    identity: readIdentity(reader),
    payments: readPayments(reader),
    reference: readReference(reader),
    parameterPrefix: readParameterPrefix(reader),
    kmsKeyArn: optional("kmsKeyArn"),
    traces: readTraces(reader),
  };
  noteMisfits(reader, settings);
  mistakes.push(...unknownSettings(configured, config.name, reader.asked));
  if (mistakes.length > 0) throw new ArgumentsError("the stack's configuration does not do", mistakes);
  return settings;
}
