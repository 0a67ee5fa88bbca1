/** The provider as the engine speaks to it: Pulumi's ResourceProvider service over gRPC. */
import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empties from "google-protobuf/google/protobuf/empty_pb.js";
import type { FunctionDriver } from "../../../plan/types.ts";
import { construct } from "./construct.ts";
import type { Difference } from "./diff.ts";
import type { Asked, Provider } from "./provider.ts";
import { received, sending } from "./values.ts";

export interface ServiceOptions {
  readonly version: string;
  readonly provider: Provider;
  readonly functions: FunctionDriver;
  /** The emulator is of one region: another one in the configuration is a mistake. */
  readonly region: string;
}

/** An asynchronous answer to a unary call; what it throws is the call's error. */
function answer<Request, Response>(respond: (request: Request) => Promise<Response> | Response) {
  return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
    Promise.resolve()
      .then(() => respond(call.request))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback({ message: error instanceof Error ? error.message : String(error), code: 2 }),
      );
  };
}

interface Addressed {
  getUrn(): string;
  getType(): string;
  getName(): string;
}

/** Older engines send the URN alone. */
function askedOf(request: Addressed): Asked {
  const urn = request.getUrn();
  const [, , qualified = "", ...name] = urn.split("::");
  return {
    urn,
    type: request.getType() || (qualified.split("$").at(-1) ?? ""),
    name: request.getName() || name.join("::"),
  };
}

const { PropertyDiff, DiffResponse } = messages;
const kinds = {
  add: [PropertyDiff.Kind.ADD, PropertyDiff.Kind.ADD_REPLACE],
  delete: [PropertyDiff.Kind.DELETE, PropertyDiff.Kind.DELETE_REPLACE],
  update: [PropertyDiff.Kind.UPDATE, PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

function diffResponse({ changes, inputs, replaces, deleteFirst }: Difference) {
  const response = new DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  response.setChanges(changes.size === 0 ? DIFF_NONE : DIFF_SOME);
  response.setDiffsList([...inputs]);
  response.setReplacesList([...replaces]);
  response.setDeletebeforereplace(deleteFirst);
  response.setHasdetaileddiff(true);
  for (const [path, change] of changes) {
    const detail = new PropertyDiff();
    detail.setKind(kinds[change.kind][change.replaces ? 1 : 0]);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(path, detail);
  }
  return response;
}

export function createService(options: ServiceOptions): UntypedServiceImplementation {
  const { provider, functions, region, version } = options;
  return {
    ...connection(version),
    ...configuration(region),
    ...resources(provider),
    invoke: answer(async (request: InstanceType<typeof messages.InvokeRequest>) => {
      const response = new messages.InvokeResponse();
      response.setReturn(sending(await functions(request.getTok(), received(request.getArgs()).values)));
      return response;
    }),
    construct: answer((request: InstanceType<typeof messages.ConstructRequest>) => construct(request, version)),
  };
}

/** How the engine gets to know the provider, and leaves it. */
function connection(version: string): UntypedServiceImplementation {
  return {
    handshake: answer(() => {
      const response = new messages.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      return response;
    }),
    attach: answer(() => new empties.Empty()),
    getPluginInfo: answer(() => {
      const response = new plugins.PluginInfo();
      response.setVersion(version);
      return response;
    }),
    getSchema: answer(() => {
      const response = new messages.GetSchemaResponse();
      response.setSchema("{}");
      return response;
    }),
    // Calls under way end by themselves in milliseconds, and the engine makes no new ones.
    cancel: answer(() => new empties.Empty()),
  };
}

/** What the stack configures for the provider. */
function configuration(region: string): UntypedServiceImplementation {
  function checkRegion(given: unknown): void {
    if (typeof given !== "string" || given === region) return;
    throw new Error(`aws:region is ${given}, but the emulator that this stack is deployed to is of ${region}`);
  }

  return {
    checkConfig: answer((request: InstanceType<typeof messages.CheckRequest>) => {
      const { values } = received(request.getNews());
      checkRegion(values.region);
      const response = new messages.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    // Where the emulator is stands in no configuration: nothing in a provider's makes a resource anew.
    diffConfig: answer((request: InstanceType<typeof messages.DiffRequest>) => {
      const same =
        JSON.stringify(request.getOldInputs()?.toJavaScript()) === JSON.stringify(request.getNews()?.toJavaScript());
      const response = new DiffResponse();
      response.setChanges(same ? DiffResponse.DiffChanges.DIFF_NONE : DiffResponse.DiffChanges.DIFF_SOME);
      return response;
    }),
    configure: answer((request: InstanceType<typeof messages.ConfigureRequest>) => {
      checkRegion(received(request.getArgs()).values.region);
      const response = new messages.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      return response;
    }),
  };
}

/** The life of one resource: what is checked, compared, made, read, changed and deleted. */
function resources(provider: Provider): UntypedServiceImplementation {
  return {
    check: answer(async (request: InstanceType<typeof messages.CheckRequest>) => {
      const before = request.hasOlds() ? received(request.getOlds()).values : undefined;
      const news = request.getNews();
      const inputs = await provider.check(
        askedOf(request),
        received(news).values,
        before,
        request.getRandomseed_asU8(),
      );
      const response = new messages.CheckResponse();
      // What was given goes back as it came, with its secrets where they are; added is what was filled in.
      response.setInputs(sending({ ...inputs, ...(news?.toJavaScript() as object | undefined) }));
      return response;
    }),
    diff: answer((request: InstanceType<typeof messages.DiffRequest>) => {
      const before = received(request.hasOldInputs() ? request.getOldInputs() : request.getOlds()).values;
      const after = received(request.getNews()).values;
      return diffResponse(provider.diff(askedOf(request), before, after, request.getIgnorechangesList()));
    }),
    create: answer(async (request: InstanceType<typeof messages.CreateRequest>) => {
      const { values, secrets } = received(request.getProperties());
      const response = new messages.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(sending(provider.previewCreate(values), secrets));
        return response;
      }
      const made = await provider.create(askedOf(request), values, secrets);
      response.setId(made.id);
      response.setProperties(sending(made.properties, secrets));
      return response;
    }),
    read: answer(async (request: InstanceType<typeof messages.ReadRequest>) => {
      const state = received(request.getProperties());
      const inputs = received(request.getInputs());
      const response = new messages.ReadResponse();
      const found = await provider.read(askedOf(request), request.getId(), inputs.values, state.values);
      if (found === undefined) return response;
      response.setId(found.id);
      response.setProperties(sending(found.properties, [...state.secrets, ...inputs.secrets]));
      response.setInputs(sending(found.inputs, inputs.secrets));
      return response;
    }),
    update: answer(async (request: InstanceType<typeof messages.UpdateRequest>) => {
      const [state, after] = [received(request.getOlds()), received(request.getNews())];
      const before = request.hasOldInputs() ? received(request.getOldInputs()).values : state.values;
      const asked = askedOf(request);
      const properties = request.getPreview()
        ? provider.previewUpdate(asked, before, after.values, state.values)
        : await provider.update(asked, request.getId(), before, after.values, state.values);
      const response = new messages.UpdateResponse();
      response.setProperties(sending(properties, [...state.secrets, ...after.secrets]));
      return response;
    }),
    delete: answer(async (request: InstanceType<typeof messages.DeleteRequest>) => {
      const state = received(request.getProperties()).values;
      const inputs = request.hasOldInputs() ? received(request.getOldInputs()).values : state;
      await provider.delete(askedOf(request), request.getId(), inputs, state);
      return new empties.Empty();
    }),
  };
}
