// Loaded before tsx: the SDK is plain JavaScript, and what tsx does to every file that it sees would double the time. Two thirds of
// what the SDK loads, a compiler and npm's resolver, serve functions that become lambdas; they are loaded when one does.
import Module from "node:module";

/** Required by @pulumi/pulumi/runtime/closure, at its top. */
const late = new Set(["typescript", "@npmcli/arborist"]);

/** Stands for a module until something in it is used. `__esModule`: so that importing code takes it as it is, without copying it. */
function whenUsed(load) {
  let module;
  const loaded = () => {
    module ??= load();
    return module;
  };
  return new Proxy(
    {},
    {
      get: (_, key) => (key === "__esModule" ? true : loaded()[key]),
      has: (_, key) => key in loaded(),
    },
  );
}

const load = Module._load;
Module._load = function loadLate(request, parent, isMain) {
  if (!late.has(request)) return load.call(this, request, parent, isMain);
  Module._resolveFilename(request, parent); // one that is not there is told at once: the SDK then takes its own
  return whenUsed(() => load.call(Module, request, parent, false));
};
await import("@pulumi/pulumi");
Module._load = load;
