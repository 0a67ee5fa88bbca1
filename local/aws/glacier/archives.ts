/** Uploads whose tree hash is checked, and deletions that succeed for what is gone already, as on AWS. */
import { pipeline, type Readable } from "node:stream";
import { type Call, emptyAnswer, type Interceptor } from "../../gateway/call.ts";
import type { AccountPlace } from "../iam/permissions.ts";
import { invalid, lastOf } from "./refusals.ts";
import { treeHasher } from "./tree-hash.ts";

export function createArchives(place: AccountPlace, authorization: string) {
  const deleted = new Set<string>();

  function deletion(call: Call, archiveId: string): Call {
    const headers = { host: call.headers.host ?? "localhost", authorization };
    return { ...call, method: "DELETE", path: `${call.path}/${archiveId}`, headers, body: Buffer.alloc(0) };
  }

  const upload: Interceptor = async (call, next) => {
    const hasher = treeHasher();
    if (call.headers["content-length"] === undefined) throw invalid("Content-Length is missing");
    const answer = await next({ ...call, body: pipeline(call.body as Readable, hasher, () => {}) });
    if (answer.status !== 201) return answer;
    const treeHash = hasher.treeHash();
    const expected = call.headers["x-amz-sha256-tree-hash"];
    const id = answer.headers["x-amz-archive-id"] ?? "";
    if (expected !== treeHash) {
      await next(deletion(call, id));
      throw invalid(`Checksum mismatch: expected ${expected} but got ${treeHash}`);
    }
    const location = `/${place.accountId}/vaults/${call.vault}/archives/${id}`;
    return emptyAnswer(201, { ...answer.headers, location, "x-amz-sha256-tree-hash": treeHash });
  };

  /** The emulator stumbles over what is gone already. */
  const remove: Interceptor = async (call, next) => {
    const id = `${call.vault}/${lastOf(call.path)}`;
    if (!deleted.has(id)) {
      const answer = await next(call);
      if (answer.status === 404) return answer;
      deleted.add(id);
    }
    return emptyAnswer(204);
  };

  return {
    upload,
    remove,
    isDeleted: (vault: string, archiveId: string) => deleted.has(`${vault}/${archiveId}`),
    /** The emulator has lost them all. */
    forget: () => deleted.clear(),
  };
}
