/** S3 Glacier's vaults. */
import { vault } from "../cost/rules/archives.ts";
import { known, priced } from "./cost.ts";
import { named } from "./outputs.ts";
import { box, listedAs, type ResourceTypes } from "./resource-type.ts";

export const glacier: ResourceTypes = {
  "aws:glacier/vault:Vault": {
    outputs: named("glacier", "vaults/"),
    replacement: { replace: ["name"], name: "name", source: "glacier/vault.go" },
    cost: priced(vault, known("accessPolicy notification")),
    picture: box("vault", "Glacier vault"),
    inAccount: listedAs("Glacier vault"),
  },
};
