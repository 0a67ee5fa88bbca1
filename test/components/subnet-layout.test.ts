import { BlockList } from "node:net";
import test from "ava";
import { subnetRanges } from "../../components/network/subnet-layout.ts";

const kinds = ["Public", "Private"] as const;

test("each zone and kind has a range of its own, inside of the VPC's", (t) => {
  for (const cidrBlock of ["10.0.0.0/16", "172.31.128.0/17", "192.168.4.0/24"]) {
    const all = kinds.flatMap((kind) => subnetRanges(cidrBlock, kind, 4));
    const vpc = new BlockList();
    const [base = "", prefix] = cidrBlock.split("/");
    vpc.addSubnet(base, Number(prefix));
    for (const [at, range] of all.entries()) {
      const [address = "", mask] = range.split("/");
      t.is(Number(mask), Number(prefix) + 3);
      t.true(vpc.check(address), range);
      const others = new BlockList();
      for (const other of all.filter((_, index) => index !== at)) {
        const [start = "", bits] = other.split("/");
        others.addSubnet(start, Number(bits));
      }
      t.false(others.check(address), range);
    }
  }
});

test("more zones leave the ranges of those before them as they are", (t) => {
  for (const kind of kinds) {
    const four = subnetRanges("10.0.0.0/16", kind, 4);
    for (const zones of [1, 2, 3]) t.deepEqual(subnetRanges("10.0.0.0/16", kind, zones), four.slice(0, zones));
  }
});

test("an address inside of the range stands for the range, as for AWS", (t) => {
  t.deepEqual(subnetRanges("10.0.7.9/16", "Private", 2), subnetRanges("10.0.0.0/16", "Private", 2));
});
