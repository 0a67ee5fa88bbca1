import { credentials } from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import monitors from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import registrations from "@pulumi/pulumi/proto/resource_pb.js";
import { wholeOf } from "./components.ts";

type ConstructRequest = InstanceType<typeof messages.ConstructRequest>;
type ConstructResponse = InstanceType<typeof messages.ConstructResponse>;
type Registration = InstanceType<typeof registrations.RegisterResourceRequest>;
type Registered = InstanceType<typeof registrations.RegisterResourceResponse>;

function registerWith(monitor: InstanceType<typeof monitors.ResourceMonitorClient>, registration: Registration) {
  return new Promise<Registered>((resolve, reject) => {
    monitor.registerResource(registration, (error, response) => {
      if (error) reject(error);
      else resolve(response);
    });
  });
}

/** Registers a component as the engine asks for it, and under it the one resource that is all of it. */
export async function construct(request: ConstructRequest, version: string): Promise<ConstructResponse> {
  const whole = wholeOf(request.getType());
  const monitor = new monitors.ResourceMonitorClient(request.getMonitorendpoint(), credentials.createInsecure());
  try {
    const component = new registrations.RegisterResourceRequest();
    component.setType(request.getType());
    component.setName(request.getName());
    component.setParent(request.getParent());
    component.setObject(request.getInputs());
    component.setDependenciesList(request.getDependenciesList());
    component.setProtect(request.getProtect() ?? false);
    component.setAliasesList(request.getAliasesList());
    component.setAliasspecs(true);
    component.setAcceptsecrets(true);
    const { urn } = (await registerWith(monitor, component)).toObject();

    const child = new registrations.RegisterResourceRequest();
    child.setType(whole);
    child.setName(request.getName());
    child.setParent(urn);
    child.setCustom(true);
    child.setVersion(version);
    child.setObject(request.getInputs());
    child.setDependenciesList(request.getDependenciesList());
    child.setProtect(request.getProtect() ?? false);
    child.setRetainondelete(request.getRetainondelete() ?? false);
    child.setIgnorechangesList(request.getIgnorechangesList());
    child.setAcceptsecrets(true);
    child.setAliasspecs(true);
    const made = await registerWith(monitor, child);

    const outputs = new registrations.RegisterResourceOutputsRequest();
    outputs.setUrn(urn);
    outputs.setOutputs(made.getObject());
    await new Promise<void>((resolve, reject) => {
      monitor.registerResourceOutputs(outputs, (error) => (error ? reject(error) : resolve()));
    });

    const response = new messages.ConstructResponse();
    response.setUrn(urn);
    response.setState(made.getObject());
    return response;
  } finally {
    monitor.close();
  }
}
